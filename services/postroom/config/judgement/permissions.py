"""Configuration that others than root can change."""

from collections.abc import Iterator

from postroom.config.judgement.rights import changeable
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity


def writable_by_others(lookup: Lookup) -> Iterator[Problem]:
    for path in (lookup.directory, lookup.main.path, lookup.master.path):
        yield from changeable(path, "they can run commands as any user but root")
        if path.stat().st_uid != 0:
            yield Problem(Severity.WARNING, path, 0, "it is not owned by root")
