"""Whether there may be mail on its way, in the journal or in active/, said by a file's name.

``active`` is there from before the first message until everything is done and marked; units
can make it a condition (ConditionPathExists=). ``clean`` stands in its place otherwise, and
holds the highest number ever used for a queue id, so that a clock set back brings none back.
Names follow, a line each: of reports that were taken and may be brought once more.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from postroom.spool.durably import sync_directory

ACTIVE = "active"
CLEAN = "clean"
# Sixteen digits of microseconds last until the year 2286.
_MAX_DIGITS = 16
NAMES = frozenset((ACTIVE, CLEAN))


class Said(NamedTuple):
    """The highest number used so far, None if nobody cleaned up; the names of reports."""

    highest: int | None
    reports: tuple[str, ...]


def begin(journal: Path) -> Said:
    """Say that mail may come; what was said before."""
    active, clean = journal / ACTIVE, journal / CLEAN
    if clean.exists() and not active.exists():
        said = _read(clean)
        clean.rename(active)
    else:
        active.touch(0o600)
        said = _read(active)._replace(highest=None)
        clean.unlink(missing_ok=True)
    sync_directory(journal)
    return said


def end(journal: Path, highest: int, reports: Iterable[str]) -> None:
    """Say that nothing is left in the journal."""
    active = journal / ACTIVE
    lines = (f"{line}\n" for line in (highest, *reports))
    active.write_text("".join(lines), "utf-8", "surrogateescape")
    active.rename(journal / CLEAN)
    sync_directory(journal)


def _read(path: Path) -> Said:
    try:
        first, *reports = path.read_text("utf-8", "surrogateescape").split("\n")
    except OSError:
        return Said(None, ())
    known = first.isdecimal() and len(first) <= _MAX_DIGITS
    return Said(int(first) if known else None, tuple(filter(None, reports)))
