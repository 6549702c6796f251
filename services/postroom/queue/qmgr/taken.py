"""Messages of local programs that were taken: a killed pickup brings its last one once more."""

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId, format_queue_id
from postroom.spool.recovery import MAX_FINISHED
from postroom.spool.store import Spool


class Taken:
    """Remembers for a while what is no longer in ``spool``, too.

    Ids are given out once, so that the same id and arrival are the same message.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._arrivals = {
            format_queue_id(number): arrival for number, arrival in spool.finished.items()
        }

    def note(self, queue_id: QueueId, envelope: Envelope) -> None:
        """A message was stored."""
        if envelope.submitter is None:
            return
        self._arrivals[queue_id] = envelope.arrival
        if len(self._arrivals) > MAX_FINISHED:
            del self._arrivals[next(iter(self._arrivals))]

    def again(self, queue_id: QueueId, envelope: Envelope) -> bool:
        """Whether the message came before."""
        if envelope.submitter is None:
            return False
        known = self._arrivals.get(queue_id)
        return known == envelope.arrival or self._spool.holds(queue_id)
