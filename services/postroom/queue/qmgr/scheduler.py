"""Who is next: pure, without I/O and without a clock of its own; the caller passes ``now``."""

import heapq
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple

from postroom.queue.qmgr.destinations import Destination, Entry, Rings, class_of
from postroom.queue.qmgr.feedback import Concurrency, Feedback
from postroom.queue.qmgr.settings import Transport

# More recipients than this do not go into one request, whatever the parameters say: the
# frames that carry it, and what a remote host said to each of them, are bounded.
MAX_PORTION = 250


class Delivery(NamedTuple):
    """One request to a delivery agent that should be made now."""

    transport: "TransportQueue"
    destination: Destination
    message: Any
    recipients: tuple[int, ...]


class Group(NamedTuple):
    """Recipients of one message with the same ``destination``, a name for what has a limit of
    its own: the nexthop, or one recipient at it."""

    nexthop: str
    destination: str
    recipients: Sequence[int]


class Suspended(NamedTuple):
    """Recipients that are not to be tried now, and the status that says why."""

    message: Any
    recipients: tuple[int, ...]
    code: str
    text: str


class _Dead(NamedTuple):
    until: float
    code: str
    text: str


class TransportQueue:
    """What waits for one transport, and what it is busy with."""

    def __init__(self, settings: Transport, retry_time: float, max_dead: int) -> None:
        self.name = settings.name
        self._recipient_limit = settings.destination_recipient_limit
        self._process_limit = settings.process_limit
        self._rate_delay = settings.destination_rate_delay
        self._own_rate_delay = settings.transport_rate_delay
        self._retry_time = retry_time
        self._max_dead = max_dead
        self._rules = _rules(settings)
        self._busy = 0
        self._not_before = 0.0
        self._destinations: dict[str, Destination] = {}
        self._rings = Rings()
        self._dead: dict[str, _Dead] = {}
        self._stopped: _Dead | None = None
        self._delayed: list[tuple[float, int, Destination]] = []
        self._serial = count()

    def destination_name(self, nexthop: str, recipient: str) -> str:
        """Where recipients are taken one at a time, each is a destination (postconf(5))."""
        if self._recipient_limit != 1:
            return nexthop
        return f"{recipient.rpartition('@')[0] or recipient}@{nexthop}"

    def add(self, message: Any, groups: Iterable[Group], now: float) -> list[Suspended]:
        """Take a message's recipients; gives back those whose destination is dead."""
        suspended = []
        entries = []
        for group in groups:
            dead = self._why_not(group.destination, now)
            if dead is not None:
                recipients = tuple(group.recipients)
                suspended.append(Suspended(message, recipients, dead.code, dead.text))
                continue
            for recipients in _portions(group.recipients, self._recipient_limit):
                entries.append((group, Entry(message, recipients)))
        size_class = class_of(len(entries))
        for group, entry in entries:
            destination = self._destination(group)
            destination.append(size_class, entry)
            self._rings.place(destination, now)
        return suspended

    def next(self, now: float) -> Delivery | None:
        """The next delivery there is room for."""
        if self._process_limit and self._busy >= self._process_limit:
            return None
        if self._own_rate_delay and (now < self._not_before or self._busy):
            return None
        self._release_delayed(now)
        turn = self._rings.next()
        if turn is None:
            return None
        destination, entry = turn
        destination.busy += 1
        self._busy += 1
        self._rings.place(destination, now)
        return Delivery(self, destination, entry.message, entry.recipients)

    def succeeded(self, delivery: Delivery, now: float) -> None:
        """The destination could be used, whatever became of the recipients."""
        delivery.destination.window.succeeded(delivery.destination.busy)
        self._dead.pop(delivery.destination.name, None)
        self._finished(delivery.destination, now)

    def failed(self, delivery: Delivery, code: str, text: str, now: float) -> list[Suspended]:
        """The destination could not be used; gives back what shall not be tried for a while."""
        destination = delivery.destination
        dead = destination.window.failed()
        suspended = []
        if dead:
            self._remember(destination.name, _Dead(now + self._retry_time, code, text), now)
            suspended = [Suspended(*entry, code, text) for entry in destination.take_all()]
        self._finished(destination, now)
        return suspended

    def stop(self, code: str, text: str, now: float) -> list[Suspended]:
        """The transport itself does not work; gives back all that waits for it."""
        self._stopped = _Dead(now + self._retry_time, code, text)
        suspended = []
        for destination in tuple(self._destinations.values()):
            suspended += [Suspended(*entry, code, text) for entry in destination.take_all()]
            self._place(destination, now)
        return suspended

    def forget_trouble(self) -> None:
        """Try everything again (postqueue -f)."""
        self._dead.clear()
        self._stopped = None

    def withdraw(self, message: Any, now: float) -> list[Entry]:
        """Take away what waits of one message."""
        withdrawn: list[Entry] = []
        for destination in tuple(self._destinations.values()):
            taken = destination.take(message)
            if taken:
                withdrawn += taken
                self._place(destination, now)
        return withdrawn

    def wake_time(self) -> float | None:
        """When something becomes possible by the passing of time alone."""
        if self._own_rate_delay and not self._busy and self._rings.waiting:
            return self._not_before
        return self._delayed[0][0] if self._delayed else None

    def _why_not(self, name: str, now: float) -> _Dead | None:
        if self._stopped is not None:
            if now < self._stopped.until:
                return self._stopped
            self._stopped = None
        dead = self._dead.get(name)
        if dead is not None and now >= dead.until:
            del self._dead[name]
            return None
        return dead

    def _remember(self, name: str, dead: _Dead, now: float) -> None:
        if len(self._dead) >= self._max_dead:
            self._dead = {name: old for name, old in self._dead.items() if old.until > now}
        if len(self._dead) < self._max_dead:
            self._dead[name] = dead

    def _destination(self, group: Group) -> Destination:
        destination = self._destinations.get(group.destination)
        if destination is None:
            destination = Destination(group.destination, group.nexthop, self._rules)
            self._destinations[group.destination] = destination
        return destination

    def _finished(self, destination: Destination, now: float) -> None:
        destination.busy -= 1
        self._busy -= 1
        self._not_before = now + self._own_rate_delay
        if self._rate_delay:
            destination.not_before = now + self._rate_delay
            delayed = (destination.not_before, next(self._serial), destination)
            heapq.heappush(self._delayed, delayed)
        self._place(destination, now)

    def _place(self, destination: Destination, now: float) -> None:
        self._rings.place(destination, now)
        if destination.unused and destination.not_before <= now:
            self._destinations.pop(destination.name, None)

    def _release_delayed(self, now: float) -> None:
        while self._delayed and self._delayed[0][0] <= now:
            self._place(heapq.heappop(self._delayed)[2], now)


class Scheduler:
    """All transports. Deliveries are asked for with ``next`` until there is none."""

    def __init__(self, transports: Iterable[Transport], retry_time: float, max_dead: int) -> None:
        self._transports = {
            transport.name: TransportQueue(transport, retry_time, max_dead)
            for transport in transports
        }

    def transport(self, name: str) -> TransportQueue | None:
        """What waits for a transport; None if master.cf has no such service."""
        return self._transports.get(name)

    def next(self, now: float) -> Delivery | None:
        """The next delivery that may start; None if all is busy, empty or delayed."""
        for transport in self._transports.values():
            delivery = transport.next(now)
            if delivery is not None:
                return delivery
        return None

    def withdraw(self, message: Any, now: float) -> list[Entry]:
        """Take away what waits of one message in all transports."""
        return [e for t in self._transports.values() for e in t.withdraw(message, now)]

    def forget_trouble(self) -> None:
        """Empty the lists of dead transports and destinations."""
        for transport in self._transports.values():
            transport.forget_trouble()

    def wake_time(self) -> float | None:
        """When to call ``next`` again though nothing else happened."""
        times = [transport.wake_time() for transport in self._transports.values()]
        return min((time for time in times if time is not None), default=None)


def _rules(settings: Transport) -> Concurrency:
    # A delay between deliveries makes no sense with two of them at once.
    one_at_a_time = settings.destination_rate_delay > 0
    return Concurrency(
        1 if one_at_a_time else settings.initial_destination_concurrency,
        1 if one_at_a_time else settings.destination_concurrency_limit,
        Feedback.parse(settings.destination_concurrency_positive_feedback),
        Feedback.parse(settings.destination_concurrency_negative_feedback),
        settings.destination_concurrency_failed_cohort_limit,
    )


def _portions(recipients: Sequence[int], limit: int) -> Iterable[tuple[int, ...]]:
    size = min(limit or MAX_PORTION, MAX_PORTION)
    for start in range(0, len(recipients), size):
        yield tuple(recipients[start : start + size])
