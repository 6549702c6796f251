"""Queued messages as the list of the queue shows them."""

from collections.abc import Sequence

from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.mail.status import Fate
from postroom.queue.qmgr.message import ActiveMessage
from postroom.spool.queue_file import State
from postroom.spool.reading import read_many
from postroom.spool.store import Spool

# Characters of the recipients and reasons of one message; a character takes up to 4 bytes.
MAX_RECIPIENTS_SIZE = 500_000


def active_entry(message: ActiveMessage) -> Entry:
    """A message that is being delivered, with those recipients that are not served."""
    state = message.stored.state
    left = [
        WaitingRecipient(recipient.address, state.reason(index))
        for index, recipient in enumerate(message.recipients)
        if index not in message.stored.done and not _served(message, index)
    ]
    envelope = message.envelope
    return Entry(
        message.queue_id,
        QueueName.ACTIVE,
        envelope.arrival,
        message.stored.size,
        envelope.sender,
        _bounded(left),
        forced_expire=message.expire,
    )


def waiting_entries(spool: Spool, queue_ids: Sequence[str]) -> dict[str, Entry]:
    """Messages that wait, read from their files; those that are gone or not sound are left out."""
    entries: dict[str, Entry] = {}
    for queue, name in ((spool.deferred, QueueName.DEFERRED), (spool.hold, QueueName.HOLD)):
        missing = [queue_id for queue_id in queue_ids if queue_id not in entries]
        for queue_id, found in read_many(queue.path, missing).items():
            entries[queue_id] = waiting_entry(queue_id, name, found.size, found.state, found.due)
    return entries


def waiting_entry(
    queue_id: str, name: QueueName, size: int, state: State, next_attempt: float
) -> Entry:
    """One message that waits."""
    envelope = state.envelope
    recipients = [
        WaitingRecipient(recipient.address, state.reason(index))
        for index, recipient in enumerate(envelope.recipients)
    ]
    return Entry(
        queue_id,
        name,
        envelope.arrival,
        size,
        envelope.sender,
        _bounded(recipients),
        next_attempt,
        state.expire,
    )


def size_of(entry: Entry) -> int:
    """About what an entry takes in a frame."""
    return 200 + sum(len(r.address) + len(r.delay_reason) for r in entry.recipients)


def _bounded(recipients: list[WaitingRecipient]) -> tuple[WaitingRecipient, ...]:
    """As many as fit: a frame is bounded, and nobody reads the rest of such a list."""
    room = MAX_RECIPIENTS_SIZE
    for count, recipient in enumerate(recipients):
        room -= len(recipient.address) + len(recipient.delay_reason)
        if room < 0:
            return tuple(recipients[:count])
    return tuple(recipients)


def _served(message: ActiveMessage, index: int) -> bool:
    outcome = message.outcomes.get(index)
    return outcome is not None and outcome.fate is Fate.SENT
