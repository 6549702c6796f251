"""What the superuser can see of the queue while the mail system is stopped: the files.

Nothing is changed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from postroom import instance
from postroom.commands.queue.questions import pages
from postroom.config.configuration import load
from postroom.config.own_places import queue_directory
from postroom.config.problem import ConfigError
from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.ipc.contract import Unavailable
from postroom.mail.queue_id import format_queue_id
from postroom.spool.reading import Waiting, read_many
from postroom.spool.recovery import Survivor, recover
from postroom.spool.segment import Segment, is_segment


def directory() -> Path:
    """Where the queue is by main.cf, or by default where that cannot be read."""
    try:
        return Path(queue_directory(load(Path(instance.configuration_directory()))))
    except ConfigError:
        return Path(instance.queue_directory(instance.current()))


def asked_or_seen(warn: Callable[[str], None]) -> Iterator[tuple[Entry, ...]]:
    """Every queued message, oldest first: the superuser sees the disk where nobody can be asked.

    Raises Unavailable or NotPermitted."""
    asked = pages()
    try:
        yield next(asked)
    except Unavailable:
        if os.geteuid() != 0 or not directory().is_dir():
            raise
        warn("Mail system is down -- accessing queue directly")
        yield queued()
    yield from asked


def queued() -> tuple[Entry, ...]:
    """What the queue manager would list, oldest first; raises OSError where there is no queue."""
    disk = directory()
    found = _in_journal(disk / "journal")
    # What waits has left the journal for a file.
    for queue in (QueueName.ACTIVE, QueueName.DEFERRED, QueueName.HOLD):
        names = sorted(path.name for path in (disk / queue.value).iterdir())
        for queue_id, waiting in read_many(disk / queue.value, names).items():
            found[queue_id] = _from_file(queue_id, queue, waiting)
    return tuple(found[queue_id] for queue_id in sorted(found))


def _in_journal(journal: Path) -> dict[str, Entry]:
    paths = sorted(path for path in journal.iterdir() if is_segment(path.name))
    segments = [Segment.open(path) for path in paths]
    found = {}
    try:
        for number, message in recover(segments, lambda _: None).survivors.items():
            queue_id = format_queue_id(number)
            found[queue_id] = _from_journal(queue_id, message)
    finally:
        for segment in segments:
            segment.close()
    return found


def _from_file(queue_id: str, queue: QueueName, message: Waiting) -> Entry:
    recipients = tuple(map(WaitingRecipient, message.addresses, message.reasons))
    return Entry(
        *(queue_id, queue, message.arrival, message.size, message.sender, recipients),
        message.expire,
    )


def _from_journal(queue_id: str, message: Survivor) -> Entry:
    envelope = message.envelope
    left = enumerate(envelope.recipients)
    recipients = tuple(WaitingRecipient(one.address) for i, one in left if i not in message.done)
    size = message.content_size
    return Entry(queue_id, QueueName.ACTIVE, envelope.arrival, size, envelope.sender, recipients)
