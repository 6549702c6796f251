"""What waits for one transport: deliveries, each part of a message's job and for a destination."""

from collections import OrderedDict
from typing import Any

from postroom.queue.qmgr.feedback import Concurrency, Window


class Job:
    """One message's share of a transport's work.

    ``waiting`` and ``started`` count deliveries, ``unread`` recipients that may become some,
    ``spent`` those slots that others were let go first with. ``place`` names the queue in which
    its deliveries wait at each destination; ``serial`` and ``since`` (monotonic) tell its age.
    """

    __slots__ = (
        "deliveries",
        "message",
        "place",
        "serial",
        "since",
        "spent",
        "started",
        "unread",
        "waiting",
    )

    def __init__(self, message: Any, serial: int, since: float) -> None:
        self.message = message
        self.serial = serial
        self.since = since
        self.place = 0
        self.deliveries: list[Delivery] = []
        self.waiting = 0
        self.unread = 0
        self.started = 0
        self.spent = 0

    @property
    def needed(self) -> int:
        """Slots that all of it takes, at most."""
        return self.waiting + self.unread


class Delivery:
    """One request to a delivery agent: ``recipients`` (indexes) of the job's message."""

    __slots__ = ("destination", "job", "recipients")

    def __init__(self, job: Job, destination: "Destination", recipients: tuple[int, ...]) -> None:
        self.job = job
        self.destination = destination
        self.recipients = recipients

    @property
    def message(self) -> Any:
        """Whose recipients they are; opaque here."""
        return self.job.message


class Destination:
    """A nexthop, or a single recipient where the transport takes one recipient at a time.

    ``queues`` has what waits, by the place of its job; one without any is not in it. ``level``
    is where the destination waits for its ``turn`` (see ``turns``), None if it cannot be
    served now.
    """

    __slots__ = ("busy", "level", "name", "nexthop", "not_before", "queues", "turn", "window")

    def __init__(self, name: str, nexthop: str, rules: Concurrency) -> None:
        self.name = name
        self.nexthop = nexthop
        self.window = Window(rules)
        self.busy = 0
        self.not_before = 0.0
        self.queues: dict[int, OrderedDict[Delivery, None]] = {}
        self.level: Level | None = None
        self.turn = 0

    @property
    def waiting(self) -> int:
        """How many deliveries wait."""
        return sum(map(len, self.queues.values()))

    def append(self, delivery: Delivery) -> None:
        """Have a delivery wait behind the others of its place."""
        place = delivery.job.place
        queue = self.queues.get(place)
        if queue is None:
            queue = self.queues[place] = OrderedDict()
        queue[delivery] = None

    def remove(self, delivery: Delivery) -> bool:
        """Take a delivery away; False if it does not wait."""
        place = delivery.job.place
        queue = self.queues.get(place)
        if queue is None or delivery not in queue:
            return False
        del queue[delivery]
        if not queue:
            del self.queues[place]
        return True

    def take_all(self) -> list[Delivery]:
        """Everything that waits, taken away."""
        deliveries = [delivery for queue in self.queues.values() for delivery in queue]
        self.queues.clear()
        return deliveries


# Destinations in the order of their turns, by place; no ring is empty.
Ring = OrderedDict[Destination, None]
Level = dict[int, Ring]
