"""Whether there may be mail on its way, in the journal or in active/, said by a file's name.

``active`` is there from before the first message until everything is done and marked; units
can make it a condition (ConditionPathExists=). ``clean`` stands in its place otherwise, and
holds the highest number ever used for a queue id, so that a clock set back brings none back.
"""

from pathlib import Path

from postroom.spool.durably import sync_directory

ACTIVE = "active"
CLEAN = "clean"
# Sixteen digits of microseconds last until the year 2286.
_MAX_DIGITS = 16
NAMES = frozenset((ACTIVE, CLEAN))


def begin(journal: Path) -> int | None:
    """Say that mail may come. The highest number used so far, None if nobody cleaned up."""
    active, clean = journal / ACTIVE, journal / CLEAN
    highest = None
    if clean.exists() and not active.exists():
        highest = _number(clean)
        clean.rename(active)
    else:
        active.touch(0o600)
        clean.unlink(missing_ok=True)
    sync_directory(journal)
    return highest


def end(journal: Path, highest: int) -> None:
    """Say that nothing is left in the journal."""
    active = journal / ACTIVE
    active.write_text(f"{highest}\n", "ascii")
    active.rename(journal / CLEAN)
    sync_directory(journal)


def _number(path: Path) -> int | None:
    try:
        text = path.read_text("ascii", "replace").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else None
