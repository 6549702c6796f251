"""Who besides its owner can read or change a file."""

import stat
from collections.abc import Iterator
from pathlib import Path

from postroom.config.problem import Problem, Severity

_CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def changeable(path: Path, danger: str) -> Iterator[Problem]:
    """A warning where group or others can write; nothing where there is no such file."""
    if mode_of(path) & _CHANGED_BY_OTHERS:
        yield Problem(Severity.WARNING, path, 0, f"group or others can write to it: {danger}")


def readable(path: Path, danger: str) -> Iterator[Problem]:
    """A warning where everybody can read what is secret."""
    if mode_of(path) & stat.S_IROTH:
        yield Problem(Severity.WARNING, path, 0, f"everybody can read it: {danger}")


def mode_of(path: Path) -> int:
    """0 where there is no such file."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
