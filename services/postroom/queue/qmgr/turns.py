"""Whose turn it is among the destinations of one transport.

Two rules of the founding design come first: destinations take turns, and one that has a
delivery under way (level ``busy``) is served only when no other (level ``idle``) waits. Within
a level the destination that waited longest is next, with its oldest delivery.

The deliveries of a destination stand in several queues, by the ``place`` of their job: its size
(the number of binary digits of its number of deliveries), or ``FIRST`` if it goes before another
job. So there is a ring of destinations per place: the ring ``FIRST`` goes before all others,
and the heads of the rings are all the jobs that need be asked whether they may go first,
however many wait: among jobs of about one size the turns have decided.
"""

from collections import OrderedDict
from collections.abc import Iterator

from postroom.queue.qmgr.deliveries import Delivery, Destination, Job, Level, Ring

FIRST = 0


def place_for(deliveries: int) -> int:
    """Where the deliveries of a job with so many wait: never ``FIRST``."""
    return max(1, deliveries).bit_length()


class Turns:
    """Destinations which have something that waits and could be served."""

    def __init__(self) -> None:
        self._idle: Level = {}
        self._busy: Level = {}
        self._turn = 0

    def __bool__(self) -> bool:
        """Whether any destination could be served."""
        return bool(self._idle or self._busy)

    def place(self, destination: Destination, now: float) -> None:
        """Put a destination where it belongs after its limit or its deliveries changed."""
        level = None
        if (
            destination.queues
            and destination.busy < destination.window.size
            and destination.not_before <= now
        ):
            level = self._busy if destination.busy else self._idle
        if level is not destination.level:
            self.withdraw(destination)
            if level is not None:
                self._enter(destination, level)

    def withdraw(self, destination: Destination) -> None:
        """Take a destination out, before its queues change in any other way than by ``add``."""
        level = destination.level
        if level is not None:
            destination.level = None
            for place in destination.queues:
                _leave(level, place, destination)

    def add(self, delivery: Delivery, now: float) -> None:
        """Have a delivery wait for its turn."""
        destination = delivery.destination
        destination.append(delivery)
        level = destination.level
        if level is None:
            self.place(destination, now)
        else:
            _ring(level, delivery.job.place)[destination] = None

    def level(self) -> Level | None:
        """Those who may be served now; None if there are none."""
        return self._idle or self._busy or None

    def promote(self, job: Job) -> None:
        """Let a job go before all others."""
        waiting = [delivery for delivery in job.deliveries if self._remove(delivery)]
        job.place = FIRST
        for delivery in reversed(waiting):
            destination = delivery.destination
            destination.append(delivery)
            destination.queues[FIRST].move_to_end(delivery, last=False)
            if destination.level is not None:
                ring = _ring(destination.level, FIRST)
                ring[destination] = None
                ring.move_to_end(destination, last=False)

    def remove(self, delivery: Delivery, now: float) -> bool:
        """Take a delivery away; False if it does not wait."""
        removed = self._remove(delivery)
        if removed:
            self.place(delivery.destination, now)
        return removed

    def _remove(self, delivery: Delivery) -> bool:
        destination, place = delivery.destination, delivery.job.place
        removed = destination.remove(delivery)
        if removed and destination.level is not None and place not in destination.queues:
            _leave(destination.level, place, destination)
        return removed

    def _enter(self, destination: Destination, level: Level) -> None:
        self._turn += 1
        destination.turn = self._turn
        destination.level = level
        for place in destination.queues:
            _ring(level, place)[destination] = None


def next_of(level: Level) -> Delivery:
    """The delivery whose turn it is."""
    if FIRST in level:
        return _head(level, FIRST)
    if len(level) == 1:
        (place,) = level
        return _head(level, place)
    heads = (_head(level, place) for place in level)
    return min(heads, key=lambda delivery: (delivery.destination.turn, delivery.job.serial))


def candidates(level: Level) -> Iterator[Job]:
    """The jobs that might go first."""
    return (_head(level, place).job for place in level if place != FIRST)


def _head(level: Level, place: int) -> Delivery:
    destination = next(iter(level[place]))
    return next(iter(destination.queues[place]))


def _ring(level: Level, place: int) -> Ring:
    ring = level.get(place)
    if ring is None:
        ring = level[place] = OrderedDict()
    return ring


def _leave(level: Level, place: int, destination: Destination) -> None:
    ring = level[place]
    del ring[destination]
    if not ring:
        del level[place]
