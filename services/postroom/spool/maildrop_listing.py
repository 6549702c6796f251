"""What waits in the maildrop and in the open one, as lists show it; nothing there is changed.

pickup may take a file away at any moment, and users theirs in the open maildrop.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from postroom.spool.maildrop import (
    DIRECTORY,
    OPEN_DIRECTORY,
    Damaged,
    id_of,
    open_drop,
    waiting,
)


class Listed(NamedTuple):
    """A message; no recipients where only the user is known who left it."""

    known_as: str
    arrival: float
    size: int
    sender: str
    recipients: tuple[str, ...] = ()


def messages(state: Path) -> list[Path]:
    """The files below a state directory that may be messages; each directory's oldest first.

    Users can give a file any name; what no message bears is pickup's to throw away. Raises
    OSError where the caller may not look.
    """
    return [path for name in (DIRECTORY, OPEN_DIRECTORY) for path in _in(state / name)]


def _in(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    return [directory / name for name in waiting(directory) if id_of(name)]


def listed(path: Path, name_of: Callable[[int], str]) -> Listed | None:
    """One of ``messages``, None for what is gone or no message; ``name_of`` tells a user by uid."""
    left_open = path.parent.name == OPEN_DIRECTORY
    try:
        return _left_in_the_open(path, name_of) if left_open else _in_the_maildrop(path)
    except (Damaged, OSError):
        return None


def _in_the_maildrop(path: Path) -> Listed:
    file = open_drop(path.parent, path.name)
    os.close(file.descriptor)
    drop = file.drop
    recipients = tuple(recipient.address for recipient in drop.recipients)
    return Listed(id_of(path.name), drop.arrival, file.size, drop.sender, recipients)


def _left_in_the_open(path: Path, name_of: Callable[[int], str]) -> Listed | None:
    """The files of users are not opened: whose, and how large."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        return None
    owner = name_of(status.st_uid)
    return Listed(id_of(path.name), status.st_ctime, status.st_size, owner)
