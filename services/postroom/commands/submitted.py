"""The maildrop: what programs handed in and pickup has not taken to the queue yet.

For the superuser, who needs no service for that, whether the mail system runs or not. pickup may
take a file away at any moment, and users theirs in the open maildrop.
"""

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.spool.durably import sync_directory
from postroom.spool.maildrop import (
    DIRECTORY,
    OPEN_DIRECTORY,
    Damaged,
    id_of,
    name_before,
    open_drop,
    waiting,
)
from postroom.tables.user_list import login_of

SUBMITTED = Path("/var/lib/postroom-drop")


def entries() -> Iterator[Entry]:
    """Oldest first; raises OSError where the caller may not look."""
    for path in _files(DIRECTORY):
        try:
            file = open_drop(path.parent, path.name)
        except (Damaged, OSError):
            continue
        os.close(file.descriptor)
        drop, known_as = file.drop, id_of(path.name)
        recipients = tuple(WaitingRecipient(one.address) for one in drop.recipients)
        yield Entry(known_as, QueueName.MAILDROP, drop.arrival, file.size, drop.sender, recipients)
    yield from _left_in_the_open()


def delete(ids: Collection[str] | None = None) -> list[str]:
    """Delete these messages, or all, durably; the ids of those that were there."""
    wanted = None if ids is None else frozenset(ids)
    found = [path for path in _all_files() if wanted is None or id_of(path.name) in wanted]
    gone = {id_of(path.name): path for path in found if _unlinked(path)}
    # Before pickup takes a message it adds an id to the name of the file, once.
    missed = {path.name for path in found}.difference(path.name for path in gone.values())
    renamed = [path for path in _all_files() if name_before(path.name) in missed]
    gone |= {id_of(name_before(path.name)): path for path in renamed if _unlinked(path)}
    for directory in {path.parent for path in gone.values()}:
        sync_directory(directory)
    return list(gone)


def _left_in_the_open() -> Iterator[Entry]:
    """Files of users, which are not opened: whose, and how large."""
    for path in _files(OPEN_DIRECTORY):
        with suppress(FileNotFoundError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                owner, known_as = login_of(status.st_uid), id_of(path.name)
                size, arrival = status.st_size, status.st_ctime
                yield Entry(known_as, QueueName.MAILDROP, arrival, size, owner, ())


def _all_files() -> list[Path]:
    return [path for name in (DIRECTORY, OPEN_DIRECTORY) for path in _files(name)]


def _files(name: str) -> list[Path]:
    """Users can give a file any name; what no message bears is pickup's to throw away."""
    directory = SUBMITTED / name
    if not directory.is_dir():
        return []
    return [directory / name for name in waiting(directory) if id_of(name)]


def _unlinked(path: Path) -> bool:
    try:
        path.unlink()
    except (FileNotFoundError, IsADirectoryError):
        return False
    return True
