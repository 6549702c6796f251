"""``$name`` in the text of a template (bounce(5), TEMPLATE MESSAGE TEXT FORMAT)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from postroom.config.bounce_templates.template import BadTemplate, Template
from postroom.config.expansion import ExpansionError, expand
from postroom.config.lookup import NONE, Lookup, Overrides

_UNITS: Final = {
    "seconds": 1,
    "minutes": 60,
    "hours": 3600,
    "days": 86_400,
    "weeks": 604_800,
}
_TIMES: Final = ("delay_warning_time", "maximal_queue_lifetime")
_TIME: Final = re.compile(rf"({'|'.join(_TIMES)})_(.+)")
_HOSTS: Final = frozenset(("mydomain", "myhostname"))
# Longer numbers than this say little to most readers.
_EXCESSIVE: Final = 1000
# A reference that has no text of its own for a name nobody knows.
_PLAIN: Final = re.compile(r"\$(?:\$|(\w+)|\{\s*(\w+)\s*\}|\(\s*(\w+)\s*\))", re.ASCII)


class Expanded(NamedTuple):
    """The text, and what its reader may find odd in it."""

    text: str
    oddities: tuple[str, ...] = ()


def expanded(template: Template, lookup: Lookup, overrides: Overrides = NONE) -> Expanded:
    """The text as it will be sent; raises BadTemplate."""
    values = _Values(template.name, lookup, overrides)
    text = "\n".join(values.expand(line) for line in template.text.split("\n"))
    return Expanded(text, tuple(dict.fromkeys(values.oddities)))


class _Values:
    def __init__(self, template: str, lookup: Lookup, overrides: Overrides) -> None:
        self.oddities: list[str] = []
        self._template = template
        self._lookup = lookup
        self._overrides = overrides

    def expand(self, line: str) -> str:
        for name in _plain_names(line):
            if self._value(name) is None:
                raise BadTemplate(f"undefined $name in {self._template} template: {line}")
        try:
            return expand(line, self._escaped)
        except ExpansionError:
            raise BadTemplate(f"bad $name syntax in {self._template} template: {line}") from None

    def _escaped(self, name: str) -> str | None:
        """Values are expanded already; what looks like a reference in one is none."""
        value = self._value(name)
        return None if value is None else value.replace("$", "$$")

    def _value(self, name: str) -> str | None:
        time = _TIME.fullmatch(name)
        if time is not None:
            return self._in_units(name, time[1], time[2])
        if self._lookup.raw(name, self._overrides) is None:
            return None
        text = self._lookup.text(name, self._overrides)
        return self._readable(text) if name in _HOSTS else text

    def _in_units(self, name: str, parameter: str, unit: str) -> str:
        if unit not in _UNITS:
            raise BadTemplate(f'unrecognized suffix "{unit}" in parameter "{name}"')
        value = self._lookup.typed(parameter, self._overrides)
        assert isinstance(value, int | float), f"{parameter} is not declared as a time"
        result = int(value // _UNITS[unit])
        # Without a warning time nobody will ever read the delay template.
        is_read = self._lookup.typed("delay_warning_time", self._overrides)
        if is_read and ((value and not result) or result >= _EXCESSIVE):
            what = f'excessive result "{result}"' if result else "zero result"
            self.oddities.append(f'{what} in {self._template} template for "{name}"')
        return str(result)

    def _readable(self, host: str) -> str:
        """Labels of RFC 5890 as people write them (main.cf: smtputf8_enable)."""
        if not self._lookup.typed("smtputf8_enable", self._overrides):
            return host
        try:
            return host.encode("ascii").decode("idna")
        except UnicodeError:
            return host


def _plain_names(line: str) -> Iterator[str]:
    for found in _PLAIN.finditer(line):
        name = found[1] or found[2] or found[3]
        if name:
            yield name
