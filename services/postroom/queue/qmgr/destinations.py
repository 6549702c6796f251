"""The deliveries that wait for one transport: which is next (qmgr(8), "fair" scheduling).

* Round robin over destinations. One that has no delivery under way comes before one that has,
  so a busy destination gets a second slot only when nobody else waits.
* A message with many deliveries does not hold up one with few: messages are sorted into
  classes by their number of deliveries, and the classes take turns, so that a small message
  waits for at most one delivery of each larger class per free slot.
"""

from collections import OrderedDict, deque
from typing import Any, NamedTuple

from postroom.queue.qmgr.feedback import Concurrency, Window

# A message belongs to the first class whose bound its number of deliveries does not exceed.
CLASS_BOUNDS = (10, 100, 1000)
CLASSES = len(CLASS_BOUNDS) + 1


def class_of(deliveries: int) -> int:
    """The class of a message with so many deliveries to one transport."""
    for size_class, bound in enumerate(CLASS_BOUNDS):
        if deliveries <= bound:
            return size_class
    return CLASSES - 1


class Entry(NamedTuple):
    """One delivery to be made: a message (opaque here) and indexes of its recipients."""

    message: Any
    recipients: tuple[int, ...]


class Destination:
    """A nexthop, or a single recipient where the transport takes one recipient at a time.

    ``queues`` has what waits, by class; a class without any is not in it. ``rings`` says in
    which ring each class waits for its turn.
    """

    __slots__ = ("busy", "name", "nexthop", "not_before", "queues", "rings", "window")

    def __init__(self, name: str, nexthop: str, rules: Concurrency) -> None:
        self.name = name
        self.nexthop = nexthop
        self.window = Window(rules)
        self.busy = 0
        self.not_before = 0.0
        self.queues: dict[int, deque[Entry]] = {}
        self.rings: dict[int, Ring] = {}

    @property
    def unused(self) -> bool:
        return not self.busy and not self.queues

    def append(self, size_class: int, entry: Entry) -> None:
        queue = self.queues.get(size_class)
        if queue is None:
            queue = self.queues[size_class] = deque()
        queue.append(entry)

    def popleft(self, size_class: int) -> Entry:
        queue = self.queues[size_class]
        entry = queue.popleft()
        if not queue:
            del self.queues[size_class]
        return entry

    def take_all(self) -> list[Entry]:
        """Everything that waits, taken away."""
        entries = [entry for queue in self.queues.values() for entry in queue]
        self.queues.clear()
        return entries

    def take(self, message: object) -> list[Entry]:
        """What waits of one message, taken away."""
        taken = [e for queue in self.queues.values() for e in queue if e.message is message]
        if taken:
            for size_class, queue in tuple(self.queues.items()):
                left = deque(entry for entry in queue if entry.message is not message)
                if left:
                    self.queues[size_class] = left
                else:
                    del self.queues[size_class]
        return taken


Ring = OrderedDict[Destination, None]


class Rings:
    """The destinations that could be served now, in the order of their turns."""

    def __init__(self) -> None:
        self._idle: tuple[Ring, ...] = tuple(OrderedDict() for _ in range(CLASSES))
        self._busy: tuple[Ring, ...] = tuple(OrderedDict() for _ in range(CLASSES))
        self._turn = 0

    @property
    def waiting(self) -> bool:
        """Whether any destination could be served."""
        return any(self._idle) or any(self._busy)

    def place(self, destination: Destination, now: float) -> None:
        """Put a destination where it belongs after something about it changed."""
        present = destination.rings
        rings: tuple[Ring, ...] | None = None
        if destination.not_before <= now and destination.busy < destination.window.size:
            rings = self._busy if destination.busy else self._idle
        for size_class, old in tuple(present.items()):
            wanted = rings is not None and size_class in destination.queues
            if not wanted or (rings is not None and rings[size_class] is not old):
                del old[destination]
                del present[size_class]
        if rings is not None:
            for size_class in destination.queues:
                if size_class not in present:
                    ring = present[size_class] = rings[size_class]
                    ring[destination] = None

    def next(self) -> tuple[Destination, Entry] | None:
        """Whose turn it is; its entry is taken away, and ``place`` is to be called for it."""
        for rings in (self._idle, self._busy):
            for step in range(CLASSES):
                size_class = (self._turn + step) % CLASSES
                if rings[size_class]:
                    self._turn = (size_class + 1) % CLASSES
                    destination, _ = rings[size_class].popitem(last=False)
                    del destination.rings[size_class]
                    return destination, destination.popleft(size_class)
        return None
