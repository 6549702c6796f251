"""Every parameter that a file sets, in main.cf or by ``-o`` in master.cf."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.config.lookup import NONE, Lookup, Overrides
from postroom.config.master_cf import ServiceLine
from postroom.config.problem import ConfigError, Problem, Severity
from postroom.config.restriction_classes import restriction_classes

_ALWAYS_READ = ("alias_maps",)
"""Tables that are read though no file names them."""


class Written(NamedTuple):
    """A setting with what else holds where it is made, and where that is."""

    name: str
    overrides: Overrides
    path: Path
    line: int

    def error(self, text: str) -> Problem:
        return Problem(Severity.ERROR, self.path, self.line, f"{self.name}: {text}")

    def warning(self, text: str) -> Problem:
        return Problem(Severity.WARNING, self.path, self.line, f"{self.name}: {text}")

    def note(self, text: str) -> Problem:
        return Problem(Severity.NOTE, self.path, self.line, f"{self.name}: {text}")


def overrides_of(service: ServiceLine) -> Overrides:
    """What a service's values may refer to besides main.cf."""
    return {"service_name": service.name, **service.overrides}


def written(lookup: Lookup) -> Iterator[Written]:
    """In the order of the files."""
    yield from _in_main(lookup)
    for service in lookup.services:
        overrides = overrides_of(service)
        for name in service.overrides:
            yield Written(name, overrides, lookup.master.path, service.line)


def _in_main(lookup: Lookup) -> Iterator[Written]:
    for assignment in lookup.main.assignments.values():
        yield Written(assignment.name, NONE, lookup.main.path, assignment.line)


def written_classes(lookup: Lookup) -> Iterator[tuple[Written, tuple[str, ...]]]:
    """The lists of restrictions that main.cf gives a name of its own."""
    classes = restriction_classes(lookup, NONE)
    for assignment in _in_main(lookup):
        if assignment.name in classes:
            yield assignment, classes[assignment.name]


def words_of(lookup: Lookup, one: Written) -> tuple[str, ...]:
    """The words of a list; none where they cannot be read, which ``values`` complains about."""
    try:
        value = lookup.typed(one.name, one.overrides)
    except ConfigError:
        return ()
    return value if isinstance(value, tuple) else ()


def written_and_read(lookup: Lookup) -> Iterator[Written]:
    """The settings, and the defaults by which tables are read that no file names."""
    yield from (*written(lookup), *written_or_default(lookup, *_ALWAYS_READ))


def written_or_default(lookup: Lookup, *names: str) -> Iterator[Written]:
    """The settings of these names, and main.cf's defaults of those it does not set."""
    yield from (one for one in written(lookup) if one.name in names)
    for name in names:
        if name not in lookup.main.assignments:
            yield Written(name, NONE, lookup.main.path, 0)
