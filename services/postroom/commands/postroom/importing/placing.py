"""Files into a directory that may be in use: each whole, none lost."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from postroom.commands.postroom.importing.copying import copy_as_is
from postroom.commands.postroom.importing.finding import Finding, What
from postroom.spool.durably import sync_directory

_NEW = ".importing"


def place(source: Path, names: Sequence[Path], target: Path) -> Iterator[Finding]:
    """Files of ``source`` to where they belong in ``target``, in this order.

    Nothing is replaced before all of them are on the disk, and before what is there and
    different has been saved. Raises OSError.
    """
    new = [name for name in names if not _is_same(source / name, target / name)]
    yield from _save([name for name in new if (target / name).exists()], target)
    for name in new:
        copy_as_is(source / name, _aside(target / name))
        _sync(_aside(target / name))
    for name in new:
        _aside(target / name).rename(target / name)
        sync_directory((target / name).parent)


def _save(names: Sequence[Path], target: Path) -> Iterator[Finding]:
    if not names:
        return
    saved = target / time.strftime("before-import-%Y%m%d-%H%M%S")
    saved.mkdir(0o700)
    for name in names:
        copy_as_is(target / name, saved / name)
        _sync(saved / name)
        yield Finding(What.SAVED, target / name, 0, f"in {saved}")
    sync_directory(target)


def _is_same(one: Path, other: Path) -> bool:
    """In content; mode and owner of what is there are the admin's."""
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_NEW}")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
