"""What the superuser can see of the queue without asking anybody: the files, and nothing changed.

The maildrop at any time, and the rest while the mail system is stopped.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.mail.envelope import Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.maildrop import (
    DIRECTORY,
    OPEN_DIRECTORY,
    Damaged,
    open_drop,
    queue_id_of,
    waiting,
)
from postroom.spool.queue_file import State
from postroom.spool.reading import read_many
from postroom.spool.recovery import recover
from postroom.spool.segment import Segment, is_segment
from postroom.tables.user_list import login_of

QUEUE = Path("/var/lib/postroom")
SUBMITTED = Path("/var/lib/postroom-drop")


def submitted() -> Iterator[Entry]:
    """What programs handed in and pickup has not taken to the queue, oldest first."""
    directory = SUBMITTED / DIRECTORY
    for name in waiting(directory) if directory.is_dir() else ():
        try:
            file = open_drop(directory, name)
        except (Damaged, OSError):
            continue
        os.close(file.descriptor)
        drop, known_as = file.drop, queue_id_of(name) or name
        recipients = tuple(WaitingRecipient(one.address) for one in drop.recipients)
        yield Entry(known_as, QueueName.MAILDROP, drop.arrival, file.size, drop.sender, recipients)
    yield from _left_in_the_open()


def _left_in_the_open() -> Iterator[Entry]:
    """Files of users, which are not opened: whose, and how large."""
    directory = SUBMITTED / OPEN_DIRECTORY
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        with suppress(FileNotFoundError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                owner = login_of(status.st_uid)
                size, arrival = status.st_size, status.st_ctime
                yield Entry(path.name, QueueName.MAILDROP, arrival, size, owner, ())


def queued() -> tuple[Entry, ...]:
    """What the queue manager would list, oldest first; raises OSError where there is no queue."""
    found = _in_journal()
    # What waits has left the journal for a file.
    for queue in (QueueName.ACTIVE, QueueName.DEFERRED, QueueName.HOLD):
        directory = QUEUE / queue.value
        names = sorted(path.name for path in directory.iterdir())
        for queue_id, contents in read_many(directory, names).items():
            due = 0.0 if queue is QueueName.ACTIVE else contents.due
            found[queue_id] = _entry(queue_id, queue, contents.size, contents.state, due)
    return tuple(found[queue_id] for queue_id in sorted(found))


def _in_journal() -> dict[str, Entry]:
    paths = sorted(path for path in (QUEUE / "journal").iterdir() if is_segment(path.name))
    segments = [Segment.open(path) for path in paths]
    found = {}
    try:
        for number, message in recover(segments, lambda _: None).survivors.items():
            queue_id = format_queue_id(number)
            state = State(message.envelope).without(message.done)
            size = message.content_size
            found[queue_id] = _entry(queue_id, QueueName.ACTIVE, size, state, 0.0)
    finally:
        for segment in segments:
            segment.close()
    return found


def _entry(queue_id: str, queue: QueueName, size: int, state: State, due: float) -> Entry:
    envelope = state.envelope
    recipients = tuple(_waiting(envelope.recipients, state))
    return Entry(
        queue_id, queue, envelope.arrival, size, envelope.sender, recipients, due, state.expire
    )


def _waiting(recipients: Iterable[Recipient], state: State) -> Iterator[WaitingRecipient]:
    for index, recipient in enumerate(recipients):
        yield WaitingRecipient(recipient.address, state.reason(index))
