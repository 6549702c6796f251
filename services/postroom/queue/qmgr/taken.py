"""Messages that were taken: a pickup or bounce that was killed brings its last one once more."""

from collections.abc import Iterator

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId, format_queue_id
from postroom.spool.queue_directory import is_queue_id
from postroom.spool.recovery import MAX_FINISHED
from postroom.spool.store import Spool


class Taken:
    """Remembers for a while what is no longer in ``spool``, too.

    pickup brings a message under the same id again, bounce a report under the same name, which
    begins with the id of the message that it tells of.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._seen: dict[str | tuple[QueueId, float], None] = dict.fromkeys(spool.reports)
        for number, envelope in spool.known.items():
            self.note(format_queue_id(number), envelope)

    def note(self, queue_id: QueueId, envelope: Envelope) -> None:
        """A message was stored."""
        if envelope.may_come_again:
            self._seen[_identity(queue_id, envelope)] = None
            if len(self._seen) > MAX_FINISHED:
                del self._seen[next(iter(self._seen))]

    def reports(self) -> Iterator[str]:
        """The names of those whose messages wait, and so may be asked for once more."""
        for name in self._seen:
            if isinstance(name, str):
                queue_id, _, _ = name.partition(" ")
                if is_queue_id(queue_id) and self._spool.holds(queue_id):
                    yield name

    def again(self, queue_id: QueueId, envelope: Envelope) -> bool:
        """Whether the message came before."""
        if not envelope.may_come_again:
            return False
        if _identity(queue_id, envelope) in self._seen:
            return True
        return envelope.submitter is not None and self._spool.holds(queue_id)


def _identity(queue_id: QueueId, envelope: Envelope) -> str | tuple[QueueId, float]:
    return envelope.once or (queue_id, envelope.arrival)
