"""Parameters looked up: in overrides, main.cf, facts about the host, declared defaults."""

from collections.abc import Callable, Mapping
from pathlib import Path

from postroom.config import host
from postroom.config.expansion import ExpansionError, expand
from postroom.config.kinds import Value, first_line
from postroom.config.main_cf import MainCf
from postroom.config.master_cf import MasterCf, ServiceLine
from postroom.config.parameters import declaration
from postroom.config.problem import ConfigError
from postroom.instance import instance_of, queue_directory

Overrides = Mapping[str, str]

_OF_THE_INSTANCE = ("queue_directory", "data_directory")
"""Parameters whose default goes by the name of the configuration's directory."""

NONE: Overrides = {}
"""No ``-o`` overrides."""


class Lookup:
    """What main.cf and master.cf say, with the defaults for what they do not say.

    ``overrides`` are the ``-o`` settings of a service; they come before main.cf and are expanded
    like it.
    """

    def __init__(self, directory: Path, main: MainCf, master: MasterCf) -> None:
        self.directory = directory
        self.instance = instance_of(str(directory))
        self.main = main
        self.master = master
        self._facts: dict[str, str] = {
            "config_directory": str(directory),
            **dict.fromkeys(_OF_THE_INSTANCE, queue_directory(self.instance)),
        }

    @property
    def services(self) -> tuple[ServiceLine, ...]:
        """The services of master.cf in its order."""
        return self.master.services

    @property
    def transports(self) -> frozenset[str]:
        """Names of services that mail can be handed to, if their program delivers."""
        return frozenset(service.name for service in self.services if service.type != "inet")

    def text(self, name: str, overrides: Overrides = NONE) -> str:
        """A parameter's expanded value; empty for a name nobody knows, as in Postfix."""
        raw = self._meant(name, overrides) or ""
        parameter = declaration(name)
        if parameter is not None and not parameter.kind.expanded:
            return raw
        try:
            return expand(raw, lambda inner: self._meant(inner, overrides) or "")
        except ExpansionError as error:
            raise self.error(name, str(error), overrides) from None

    def typed(self, name: str, overrides: Overrides = NONE) -> Value:
        """A parameter's value in its declared kind; times in seconds."""
        parameter = declaration(name)
        text = self.text(name, overrides)
        if parameter is None:
            return text
        try:
            return parameter.kind.value(text)
        except ValueError as error:
            raise self.error(name, str(error), overrides) from None

    def elements(self, name: str, overrides: Overrides = NONE) -> tuple[str, ...]:
        """The elements of a parameter that is a list."""
        value = self.typed(name, overrides)
        assert isinstance(value, tuple), f"{name} is not declared as a list"
        return value

    def raw(self, name: str, overrides: Overrides = NONE) -> str | None:
        """A value as it is written: by ``-o``, main.cf, the host, or the declared default."""
        if name in overrides:
            return overrides[name]
        if name in self.main.assignments:
            return self.main.assignments[name].value
        if name in _HOST_FACTS:
            return self._host_fact(name, overrides)
        if name in self._facts:
            return self._facts[name]
        parameter = declaration(name)
        return None if parameter is None else parameter.default

    def error(self, name: str, text: str, overrides: Overrides = NONE) -> ConfigError:
        """An error about a parameter that names the place where it was set."""
        return ConfigError(*self.place(name, overrides), f"{name}: {text}")

    def place(self, name: str, overrides: Overrides = NONE) -> tuple[Path, int]:
        """The file and line that set a parameter; line 0 for a default."""
        if name in overrides:
            return self.master.path, self._line_of_override(name, overrides[name])
        assignment = self.main.assignments.get(name)
        return self.main.path, assignment.line if assignment else 0

    def _line_of_override(self, name: str, value: str) -> int:
        """The first service with that very ``-o``; more than one are equally wrong or right."""
        lines = (one.line for one in self.services if one.overrides.get(name) == value)
        return next(lines, 0)

    def _meant(self, name: str, overrides: Overrides) -> str | None:
        """A value before expansion; myorigin may name the file that holds it (Debian's habit)."""
        value = self.raw(name, overrides)
        if name != "myorigin" or not value or not value.startswith("/"):
            return value
        try:
            return first_line(value)
        except ValueError as error:
            raise self.error(name, str(error), overrides) from None

    def _host_fact(self, name: str, overrides: Overrides) -> str:
        """A default that the host decides, with other parameters; kept where no -o has a say."""
        if not _DECIDE_FACTS.isdisjoint(overrides):
            return _HOST_FACTS[name](self, overrides)
        if name not in self._facts:
            self._facts[name] = _HOST_FACTS[name](self, NONE)
        return self._facts[name]


def _my_hostname(lookup: Lookup, overrides: Overrides) -> str:
    assignment = lookup.main.assignments.get("mydomain")
    domain = overrides.get("mydomain", assignment.value if assignment else "")
    return host.hostname(domain)


def _my_domain(lookup: Lookup, overrides: Overrides) -> str:
    return host.domain_of(lookup.text("myhostname", overrides))


def networks_wanted(lookup: Lookup, overrides: Overrides) -> host.Networks:
    """What decides the default of mynetworks; raises ConfigError."""
    return host.Networks(
        protocols=_words(lookup.typed("inet_protocols", overrides)),
        interfaces=_words(lookup.typed("inet_interfaces", overrides)),
        style=str(lookup.typed("mynetworks_style", overrides)),
    )


def _my_networks(lookup: Lookup, overrides: Overrides) -> str:
    return host.my_networks(networks_wanted(lookup, overrides))


def _words(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


_HOST_FACTS: Mapping[str, Callable[[Lookup, Overrides], str]] = {
    "myhostname": _my_hostname,
    "mydomain": _my_domain,
    "mynetworks": _my_networks,
}

_DECIDE_FACTS = frozenset(
    (
        "compatibility_level",
        "inet_interfaces",
        "inet_protocols",
        "mydomain",
        "myhostname",
        "mynetworks_style",
    )
)
"""Parameters that the facts about the host depend on."""
