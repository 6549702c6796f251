"""Which recipients the scheduler has: all, as a rule; of very long lists one part after the other.

As told in SCHEDULER_README: of every message ``minimum`` recipients are read at once, and more
while fewer than ``limit`` are in memory. The rest is read when the transports have room for
it; each gives its room to the oldest message that needs it, and half of what is left, with an
extra, to one that goes before others. Room is used when there is enough of it, or after a time.
"""

from collections.abc import Iterable, Iterator, Set

from postroom.queue.qmgr.message import ActiveMessage
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.settings import Transport


class _Rest:
    """What of a message is not read: ``indexes``; when and to where it was read so far."""

    __slots__ = ("indexes", "read_at", "reading", "transports")

    def __init__(self, indexes: list[int], now: float) -> None:
        self.indexes = indexes
        self.read_at = now
        self.reading = True
        self.transports: set[str] = set()


class Supply:
    """The caller finds out where recipients go, and says so with ``assigned``."""

    def __init__(
        self, scheduler: Scheduler, transports: Iterable[Transport], limit: int, minimum: int
    ) -> None:
        self._scheduler = scheduler
        self._transports = {transport.name: transport for transport in transports}
        self._limit = limit
        self._minimum = minimum
        self._rests: dict[ActiveMessage, _Rest] = {}

    def __bool__(self) -> bool:
        """Whether there is anything left to be read."""
        return bool(self._rests)

    @property
    def delay(self) -> float:
        """After how many seconds to ask for more though nothing happened; 0 is never."""
        delays = (transport.recipient_refill_delay for transport in self._transports.values())
        return min(delays, default=0.0)

    def first(self, message: ActiveMessage, indexes: list[int], now: float) -> list[int]:
        """The recipients of a message that are to be served, as many as may be read now."""
        if len(indexes) <= self._minimum:
            return indexes
        most = max(self._minimum, self._limit - self._scheduler.recipients)
        if len(indexes) > most:
            self._rests[message] = _Rest(indexes[most:], now)
        return indexes[:most]

    def unread(self, message: ActiveMessage) -> int:
        """How many recipients of a message are still to be read."""
        rest = self._rests.get(message)
        return 0 if rest is None else len(rest.indexes)

    def assigned(self, message: ActiveMessage, transports: Set[str]) -> None:
        """What was read of a message is in the scheduler, with these transports."""
        rest = self._rests.get(message)
        if rest is not None:
            rest.reading = False
            rest.transports.update(self._transports.keys() & transports)

    def more(self, now: float) -> Iterator[tuple[ActiveMessage, list[int]]]:
        """Messages of which more is to be read, and what."""
        claimed: set[str] = set()
        for message, rest in tuple(self._rests.items()):
            count = self._allowance(message, rest, claimed, now)
            claimed |= rest.transports
            if not count:
                continue
            portion, rest.indexes = rest.indexes[:count], rest.indexes[count:]
            rest.read_at, rest.reading = now, True
            if not rest.indexes:
                del self._rests[message]
            yield message, portion

    def _allowance(self, message: ActiveMessage, rest: _Rest, claimed: set[str], now: float) -> int:
        if rest.reading:
            return 0
        if message.left == len(rest.indexes):
            # All that was read is done with.
            rooms = [self._room(name, message, claimed) for name in rest.transports]
            return max([self._minimum, *rooms])
        for name in rest.transports:
            room, transport = self._room(name, message, claimed), self._transports[name]
            waited = now - rest.read_at >= transport.recipient_refill_delay
            if room >= transport.recipient_refill_limit or (waited and room > 0):
                return room
        return 0

    def _room(self, name: str, message: ActiveMessage, claimed: set[str]) -> int:
        """How many recipients of a message a transport can take."""
        transport, queue = self._transports[name], self._scheduler.transport(name)
        assert queue is not None
        room = transport.recipient_limit - queue.recipients
        if queue.goes_first(message):
            return (room + transport.extra_recipient_limit) // 2
        return 0 if name in claimed else room
