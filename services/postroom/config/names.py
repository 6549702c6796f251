"""Which names a configuration uses, defines for itself, or seems to misspell.

Like postconf(1): a name of one's own is in use where some value refers to it, it names a
restriction class, or it configures a table (``ldap:foo`` is configured by ``foo_server_host``).
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from postroom.config.deprecated import DEPRECATED
from postroom.config.lookup import Lookup
from postroom.config.parameter import Legacy
from postroom.config.parameters import (
    PARAMETERS,
    TRANSPORT_SUFFIXES,
    declaration,
    is_per_transport,
    transport_of,
)
from postroom.config.references import References, names_in, references

TRANSPORT_PROGRAMS = frozenset(("local", "virtual", "smtp", "lmtp", "pipe", "error"))
"""Programs whose services have ``<service>_destination_…`` and the like."""

TIMED_PROGRAMS = frozenset(("pipe", "spawn"))
"""Programs whose services have ``<service>_time_limit``."""

TIME_LIMIT = "_time_limit"

READ_ONLY = frozenset(("process_id", "process_name", "service_name"))
"""Parameters that values may refer to and nobody can set."""

CONFIGURED_TABLES = re.compile(r"\b(?:ldap|memcache|mongodb|mysql|pgsql|sqlite):([A-Za-z0-9_]+)")
"""Tables whose name can be the first half of parameters in main.cf."""

SIMILARITY = 0.75
"""How alike two names are for the one to be suggested for the other (difflib)."""


class Setting(NamedTuple):
    """A name and its value where they are written."""

    name: str
    value: str
    path: Path
    line: int

    @property
    def in_vain(self) -> str:
        """What is said of one whose name has a value of its own."""
        return f"read-only parameter assignment: {self.name}={self.value}"


class Names:
    """The names in one configuration, by what they are."""

    def __init__(self, configuration: Lookup) -> None:
        self._configuration = configuration

    @cached_property
    def builtin(self) -> frozenset[str]:
        """Declared names that postconf lists: neither old ones nor those that go by transport."""
        return frozenset(
            name for name, one in PARAMETERS.items() if one.current and not is_per_transport(one)
        )

    @cached_property
    def legacy(self) -> frozenset[str]:
        """Old names that are still read, and shown to those who ask for them."""
        return frozenset(name for name, one in PARAMETERS.items() if isinstance(one.status, Legacy))

    @cached_property
    def of_services(self) -> frozenset[str]:
        """``<service>_…`` names for the services in master.cf."""
        return frozenset(self._of_services())

    def _of_services(self) -> Iterator[str]:
        for service in self._configuration.master.written:
            if service.program in TIMED_PROGRAMS:
                yield service.name + TIME_LIMIT
            if service.program in TRANSPORT_PROGRAMS:
                yield from (
                    service.name + suffix for suffix in TRANSPORT_SUFFIXES if suffix != TIME_LIMIT
                )

    @cached_property
    def own(self) -> frozenset[str]:
        """Names of the admin's own that main.cf defines and something refers to."""
        own = self._configuration.main.assignments.keys() - self.builtin - self.of_services
        return frozenset(name for name in own if self.is_used(name))

    @cached_property
    def known(self) -> frozenset[str]:
        """Everything postconf shows."""
        return self.builtin | self.of_services | self.own

    def is_defined(self, name: str) -> bool:
        """Whether a reference to the name has a value: from main.cf, or by default."""
        return (
            name in self._configuration.main.assignments
            or name in self.builtin
            or name in self.of_services
            or name in self.legacy
        )

    def is_used(self, name: str) -> bool:
        """Whether a name that is not built in has an effect."""
        return name in self._referred or name.startswith(self._table_prefixes)

    @cached_property
    def unused(self) -> tuple[Setting, ...]:
        """What is set and has no effect, for nobody knows or refers to the name."""
        known = self.builtin | self.of_services
        return tuple(
            setting
            for setting in (*self._in_main, *self._in_master)
            if setting.name not in known and not self.is_used(setting.name)
        )

    @cached_property
    def deprecated(self) -> tuple[Setting, ...]:
        """What is set by a name that will not be read for ever."""
        settings = (*self._in_main, *self._in_master)
        return tuple(setting for setting in settings if setting.name in DEPRECATED)

    @cached_property
    def read_only(self) -> tuple[Setting, ...]:
        """What is set in vain: the name has a value of its own."""
        settings = (*self._in_main, *self._in_master)
        return tuple(setting for setting in settings if setting.name in READ_ONLY)

    @cached_property
    def undefined(self) -> tuple[Setting, ...]:
        """Names that values refer to and nothing defines; ``value`` is the value."""
        defined = self.builtin | self.of_services | PARAMETERS.keys()
        defined |= self._configuration.main.assignments.keys()
        defined |= {setting.name for setting in self._in_master}
        return tuple(
            setting._replace(name=name)
            for setting, found in self._references
            if setting.name not in READ_ONLY
            for name in sorted(found.names - defined)
        )

    @cached_property
    def malformed(self) -> tuple[tuple[Setting, str], ...]:
        """What is set to a value that cannot be expanded, and why; whether it is asked for or
        not."""
        return tuple(
            (setting, found.fault)
            for setting, found in self._references
            if found.fault and setting.name not in READ_ONLY
        )

    @cached_property
    def _references(self) -> tuple[tuple[Setting, References], ...]:
        """What is set and may refer to something, and to what it does."""
        settings = (*self._in_main, *self._in_master)
        return tuple((one, references(one.value)) for one in settings if _expands(one.name))

    @cached_property
    def _in_main(self) -> tuple[Setting, ...]:
        main = self._configuration.main
        return tuple(Setting(*one[:2], main.path, one.line) for one in main.assignments.values())

    @cached_property
    def _in_master(self) -> tuple[Setting, ...]:
        path = self._configuration.master.path
        return tuple(
            Setting(name, value, path, service.line)
            for service in self._configuration.master.written
            for name, value in service.overrides.items()
        )

    @cached_property
    def _referred(self) -> frozenset[str]:
        """Names that some value or default refers to, and restriction classes."""
        by_default = (names_in(p.default) for p in PARAMETERS.values() if p.kind.expanded)
        set_here = (found.names for _, found in self._references)
        classes = self._configuration.text("smtpd_restriction_classes").replace(",", " ").split()
        return frozenset(classes).union(*by_default, *set_here)

    @cached_property
    def _table_prefixes(self) -> tuple[str, ...]:
        values = (one.value for one in (*self._in_main, *self._in_master))
        return tuple(f"{table}_" for value in values for table in CONFIGURED_TABLES.findall(value))

    def hint(self, name: str) -> str:
        """What may be behind a name that nobody knows, in words to put behind it; or nothing."""
        transport = transport_of(name)
        if transport is not None:
            return f" (master.cf has no service {transport})"
        return hint(name, self.known)


def hint(name: str, among: Iterable[str]) -> str:
    """Which of the known names was probably meant, in words to put behind it; or nothing."""
    meant = get_close_matches(name, among, 1, SIMILARITY)
    return f" (did you mean {meant[0]}?)" if meant else ""


def _expands(name: str) -> bool:
    parameter = declaration(name)
    return parameter is None or parameter.kind.expanded
