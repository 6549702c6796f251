"""Configuration that others than root can change."""

import stat
from collections.abc import Iterator

from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def writable_by_others(lookup: Lookup) -> Iterator[Problem]:
    """Whoever can write these files can run commands as any user but root."""
    for path in (lookup.directory, lookup.main.path, lookup.master.path):
        status = path.stat()
        if status.st_mode & _OTHERS:
            yield Problem(Severity.WARNING, path, 0, "group or others can write to it")
        if status.st_uid != 0:
            yield Problem(Severity.WARNING, path, 0, "it is not owned by root")
