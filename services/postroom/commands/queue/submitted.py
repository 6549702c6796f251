"""The maildrop: what programs handed in and pickup has not taken to the queue yet.

The superuser needs no service to see or delete it, whether the mail system runs or not. pickup
may take a file away at any moment, and users theirs in the open maildrop.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from postroom.commands.queue.questions import submitted_pages
from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.contracts.submitted import Submitted
from postroom.instance import current, drop_directory
from postroom.spool.durably import sync_directory
from postroom.spool.maildrop import id_of, name_before
from postroom.spool.maildrop_listing import Listed, listed, messages
from postroom.tables.user_list import login_of


def directory() -> Path:
    """Where it is."""
    return Path(drop_directory(current()))


def entries() -> Iterator[Entry]:
    """Oldest first. The superuser looks himself; others ask pickup, and for them it raises
    Unavailable or NotPermitted."""
    if os.geteuid() == 0:
        for path in messages(directory()):
            if message := listed(path, login_of):
                yield _entry(message)
        return
    for page in submitted_pages():
        yield from map(_entry, page)


def _entry(message: Listed | Submitted) -> Entry:
    waiting = tuple(map(WaitingRecipient, message.recipients))
    return Entry(
        message.known_as,
        QueueName.MAILDROP,
        message.arrival,
        message.size,
        message.sender,
        waiting,
    )


def delete(ids: Collection[str] | None = None) -> list[str]:
    """Delete these messages, or all, durably; the ids of those that were there."""
    wanted = None if ids is None else frozenset(ids)
    found = [path for path in messages(directory()) if wanted is None or id_of(path.name) in wanted]
    gone = {id_of(path.name): path for path in found if _unlinked(path)}
    # Before pickup takes a message it adds an id to the name of the file, once.
    missed = {path.name for path in found}.difference(path.name for path in gone.values())
    renamed = [path for path in messages(directory()) if name_before(path.name) in missed]
    gone |= {id_of(name_before(path.name)): path for path in renamed if _unlinked(path)}
    for parent in {path.parent for path in gone.values()}:
        sync_directory(parent)
    return list(gone)


def _unlinked(path: Path) -> bool:
    try:
        path.unlink()
    except (FileNotFoundError, IsADirectoryError):
        return False
    return True
