"""Find everything again at start, and set aside what is not ours or not sound."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from postroom.mail.queue_id import format_queue_id
from postroom.spool import marker
from postroom.spool.queue_directory import is_queue_id
from postroom.spool.recovery import Damage, Survivor, open_segments, recover
from postroom.spool.segment import Segment, is_segment

JOURNAL, ACTIVE, DEFERRED, HOLD, CORRUPT = "journal", "active", "deferred", "hold", "corrupt"
_QUEUES = (ACTIVE, DEFERRED, HOLD)
# After a crash some ids may have been given out that no message bears: step over a second's worth.
_UNSEEN_IDS = 1_000_000

Warn = Callable[[str], None]


class Opened(NamedTuple):
    """The journal's segments, its undone messages by number, the numbers of those that a file
    supersedes, the large ones on their way, the newest message that has a file, and the highest
    number used for an id."""

    segments: list[Segment]
    survivors: dict[int, Survivor]
    superseded: list[int]
    active: list[str]
    newest: str
    highest: int


def missing_directories(directory: Path) -> list[Path]:
    """What ``open_spool`` will have to make, as at the very first start."""
    paths = [directory / name for name in (JOURNAL, *_QUEUES, CORRUPT)]
    return [path for path in paths if not path.is_dir()]


def open_spool(directory: Path, warn: Warn) -> Opened:
    """Read the whole spool; raises OSError if the directory cannot be used."""
    for missing in missing_directories(directory):
        missing.mkdir(0o700, exist_ok=True)
    files = _queue_files(directory, warn)
    journal = directory / JOURNAL
    _set_strangers_aside(journal, lambda name: is_segment(name) or name in marker.NAMES, warn)
    highest = marker.begin(journal)
    names = set().union(*files.values())
    newest = max(names, default="")
    if highest is not None:
        return Opened(open_segments(journal), {}, [], files[ACTIVE], newest, highest)
    recovered = recover(journal)
    for damage in recovered.damages:
        _save(directory, damage, warn)
    superseded = [n for n in recovered.survivors if format_queue_id(n) in names]
    for number in superseded:
        recovered.survivors.pop(number).place.segment.live -= 1
    numbers = [recovered.highest, *(int(name, 16) for name in names)]
    return Opened(
        recovered.segments,
        recovered.survivors,
        superseded,
        files[ACTIVE],
        newest,
        max(numbers) + _UNSEEN_IDS,
    )


def set_aside(path: Path, why: str, warn: Warn) -> None:
    """Move a file to corrupt/, where a human may look at it; raises nothing."""
    target = path.parent.parent / CORRUPT / path.name
    try:
        if os.path.lexists(target):
            target = target.with_name(f"{path.name}.{path.lstat().st_ino}")
        path.rename(target)
        warn(f"{path.parent.name}/{path.name}: {why}: saved as corrupt/{target.name}")
    except OSError as error:
        warn(f"{path.parent.name}/{path.name}: {why}: cannot be set aside: {error.strerror}")


def _queue_files(directory: Path, warn: Warn) -> dict[str, list[str]]:
    """Queue ids by directory; of a message with two files the one nearer to delivery counts."""
    files: dict[str, list[str]] = {}
    seen: set[str] = set()
    for queue in _QUEUES:
        _set_strangers_aside(directory / queue, is_queue_id, warn)
        names = {path.name for path in (directory / queue).iterdir()}
        for name in sorted(names & seen):
            set_aside(directory / queue / name, "second file of one message", warn)
        files[queue] = sorted(names - seen)
        seen |= names
    return files


def _set_strangers_aside(directory: Path, known: Callable[[str], bool], warn: Warn) -> None:
    for path in directory.iterdir():
        if not known(path.name):
            set_aside(path, "not a file of ours", warn)


def _save(directory: Path, damage: Damage, warn: Warn) -> None:
    """Keep what is left of a message whose record does not verify."""
    name = f"{format_queue_id(damage.number)}.{damage.segment.stem}.{damage.position}"
    what = f"{damage.segment.name}: message {format_queue_id(damage.number)} does not verify"
    try:
        (directory / CORRUPT / name).write_bytes(damage.payload)
        warn(f"journal/{what}: saved as corrupt/{name}")
    except OSError as error:
        warn(f"journal/{what}: cannot be saved: {error.strerror}")
