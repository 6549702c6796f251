"""A world around the scheduler: agents that take their time, hosts that fail, and a clock that
jumps from one event to the next. Nothing here sleeps, and the same story goes the same way."""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple

from postroom.queue.qmgr.deliveries import Delivery
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.settings import Transport
from postroom.queue.qmgr.transport_queue import Group, Suspended, TransportQueue


class Start(NamedTuple):
    """One delivery that was begun."""

    time: float
    message: str
    destination: str
    recipients: tuple[int, ...]


class Simulator:
    """One transport, ``smtp``; every delivery takes ``duration`` and succeeds, unless ``takes``
    and ``fails`` are told something else of its destination."""

    def __init__(self, settings: Transport, duration: float = 1.0) -> None:
        self.warnings: list[str] = []
        self.scheduler = Scheduler([settings], 60.0, 1000, self.warnings.append)
        queue = self.scheduler.transport("smtp")
        assert queue is not None
        self.queue: TransportQueue = queue
        self.limit = settings.process_limit
        self.now = 0.0
        self.takes: Callable[[str], float] = lambda _: duration
        self.fails: Callable[[str], bool] = lambda _: False
        self.starts: list[Start] = []
        self.suspended: list[Suspended] = []
        self.busy: Counter[str] = Counter()
        self.waiting: Counter[str] = Counter()
        self.windows: dict[str, int] = {}
        self.peaks: Counter[str] = Counter()
        self.watchers: list[Callable[[], None]] = []
        # Deliveries to a busy destination that were begun while an idle one waited.
        self.unfair: list[Start] = []
        self.withdrawn: set[tuple[str, int]] = set()
        self._neglected: set[str] = set()
        self._homes: dict[tuple[str, int], str] = {}
        self._alarm = -1.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = count()

    # What a story does.

    def at(self, time: float, action: Callable[[], None]) -> None:
        """Have something happen later."""
        heapq.heappush(self._events, (time, next(self._serial), action))

    def send(self, message: str, destinations: Mapping[str, int]) -> None:
        """A message with so many recipients at each destination comes in."""
        groups, first = [], 0
        for name, recipients in destinations.items():
            groups.append(Group(name, name, range(first, first + recipients)))
            self._change_waiting(name, recipients)
            self._homes.update(((message, first + i), name) for i in range(recipients))
            first += recipients
        self._put_off(self.queue.add(message, groups, self.now))

    def send_each(self, message: str, *destinations: str) -> None:
        """A message with one recipient at each destination comes in."""
        self.send(message, dict.fromkeys(destinations, 1))

    def withdraw(self, message: str) -> None:
        """The superuser takes back what of a message was not begun."""
        for delivery in self.scheduler.withdraw(message, self.now):
            self._change_waiting(delivery.destination.name, -len(delivery.recipients))
            self.withdrawn.update((message, recipient) for recipient in delivery.recipients)

    def run(self, until: float = float("inf")) -> None:
        """Let time pass, until then or until nothing happens any more."""
        self._pump()
        while self._events and self._events[0][0] <= until:
            self.now, _, action = heapq.heappop(self._events)
            action()
            self._pump()
        if until != float("inf"):
            self.now = until

    # What a story looks at.

    @property
    def recipients(self) -> set[tuple[str, int]]:
        """Everybody mail was sent to."""
        return set(self._homes)

    def order(self) -> list[str]:
        """The messages in the order of their deliveries."""
        return [start.message for start in self.starts]

    def sequence(self) -> str:
        """The same, as SCHEDULER_README writes it: runs of one message, and how long."""
        runs: list[list[Any]] = []
        for message in self.order():
            if runs and runs[-1][0] == message:
                runs[-1][1] += 1
            else:
                runs.append([message, 1])
        return " ".join(f"{message}{length}" for message, length in runs)

    def times(self, message: str) -> list[float]:
        """When the deliveries of a message began."""
        return [start.time for start in self.starts if start.message == message]

    # How it goes on.

    def _pump(self) -> None:
        while (turn := self.scheduler.next(self.now)) is not None:
            self._begin(turn[1])
        for watcher in self.watchers:
            watcher()
        wake = self.scheduler.wake_time()
        if wake is not None and wake != self._alarm:
            self._alarm = wake
            self.at(wake, _nothing)

    def _begin(self, delivery: Delivery) -> None:
        name = delivery.destination.name
        self.starts.append(Start(self.now, delivery.message, name, delivery.recipients))
        if self.busy[name] and self._neglected:
            self.unfair.append(self.starts[-1])
        self.busy[name] += 1
        self._change_waiting(name, -len(delivery.recipients))
        self.peaks[name] = max(self.peaks[name], self.busy[name])
        self.peaks["all"] = max(self.peaks["all"], self.busy.total())
        self.windows[name] = delivery.destination.window.size
        self.at(self.now + self.takes(name), lambda: self._end(delivery))

    def _end(self, delivery: Delivery) -> None:
        destination = delivery.destination
        self.busy[destination.name] -= 1
        self._change_waiting(destination.name, 0)
        if self.fails(destination.name):
            refused = self.queue.failed(delivery, "4.4.1", "refused", self.now)
            self._put_off(refused)
        else:
            self.queue.succeeded(delivery, self.now)
        self.windows[destination.name] = destination.window.size

    def _put_off(self, suspended: list[Suspended]) -> None:
        self.suspended += suspended
        for one in suspended:
            for recipient in one.recipients:
                self._change_waiting(self._homes[one.message, recipient], -1)

    def _change_waiting(self, name: str, change: int) -> None:
        self.waiting[name] += change
        if self.waiting[name] and not self.busy[name]:
            self._neglected.add(name)
        else:
            self._neglected.discard(name)


def _nothing() -> None:
    """Only the time has come."""
