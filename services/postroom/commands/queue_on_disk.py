"""What the superuser can see of the queue while the mail system is stopped: the files.

Nothing is changed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.mail.envelope import Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.queue_file import State
from postroom.spool.reading import read_many
from postroom.spool.recovery import recover
from postroom.spool.segment import Segment, is_segment

QUEUE = Path("/var/lib/postroom")


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
