"""Queued messages as the list of the queue shows them."""

from collections.abc import Sequence

from postroom.contracts.pages import MAX_CHARACTERS, fitting
from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.mail.envelope import MAX_ADDRESS, MAX_LINE
from postroom.mail.status import Fate
from postroom.queue.qmgr.message import ActiveMessage
from postroom.spool.queue_file import State
from postroom.spool.reading import read_many
from postroom.spool.store import Spool

# Messages that are in memory at a time, however many an answer may hold.
_PORTION = 128
# So many recipients fit, however long they are.
_ALWAYS_FIT = MAX_CHARACTERS // (MAX_ADDRESS + MAX_LINE)


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
    """The first messages that wait, read from their files: all, or more than an answer may hold.

    Those that are gone or not sound are left out.
    """
    entries: dict[str, Entry] = {}
    room = MAX_CHARACTERS
    for start in range(0, len(queue_ids), _PORTION):
        portion = _read(spool, queue_ids[start : start + _PORTION])
        entries.update(portion)
        room -= sum(map(size_of, portion.values()))
        if room < 0:
            break
    return entries


def _read(spool: Spool, queue_ids: Sequence[str]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for queue, name in ((spool.deferred, QueueName.DEFERRED), (spool.hold, QueueName.HOLD)):
        missing = [queue_id for queue_id in queue_ids if queue_id not in entries]
        for queue_id, found in read_many(queue.path, missing).items():
            recipients = list(map(WaitingRecipient, found.addresses, found.reasons))
            entries[queue_id] = Entry(
                queue_id,
                name,
                found.arrival,
                found.size,
                found.sender,
                _bounded(recipients),
                found.expire,
            )
    return entries


def waiting_entry(queue_id: str, name: QueueName, size: int, state: State) -> Entry:
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
        state.expire,
    )


def size_of(entry: Entry) -> int:
    """About what an entry takes in an answer."""
    return 200 + sum(map(_size_of_recipient, entry.recipients))


def _bounded(recipients: list[WaitingRecipient]) -> tuple[WaitingRecipient, ...]:
    if len(recipients) <= _ALWAYS_FIT:
        return tuple(recipients)
    return fitting(recipients, _size_of_recipient)


def _size_of_recipient(recipient: WaitingRecipient) -> int:
    return len(recipient.address) + len(recipient.delay_reason)


def _served(message: ActiveMessage, index: int) -> bool:
    outcome = message.outcomes.get(index)
    return outcome is not None and outcome.fate is Fate.SENT
