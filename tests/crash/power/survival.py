"""Which of the writes that no flush followed yet are on the disk when the power is back.

All that a flush followed is there. Of the rest a disk may have kept any part, in sectors.
"""

from collections.abc import Callable, Sequence
from random import Random

from crash.disk.rewindable import Rewindable
from crash.disk.write_log import Write

SECTOR = 512
PAGE = 4096
# Gets the disk as it was before.
Survival = Callable[[Sequence[Write], Random, Rewindable], list[Write]]


def nothing(_pending: Sequence[Write], _random: Random, _before: Rewindable) -> list[Write]:
    return []


def everything(pending: Sequence[Write], _random: Random, _before: Rewindable) -> list[Write]:
    return list(pending)


def some(pending: Sequence[Write], random: Random, _before: Rewindable) -> list[Write]:
    return [write for write in pending if random.random() < 0.5]


def the_later(pending: Sequence[Write], random: Random, _before: Rewindable) -> list[Write]:
    """The disk took the writes in another order than they were given."""
    return list(pending[random.randint(0, len(pending)) :])


def torn(pending: Sequence[Write], random: Random, _before: Rewindable) -> list[Write]:
    """Of every write some sectors."""
    return [
        Write(write.offset + start, write.data[start : start + SECTOR])
        for write in pending
        for start in range(0, len(write.data), SECTOR)
        if random.random() < 0.5
    ]


def zeroed(pending: Sequence[Write], random: Random, before: Rewindable) -> list[Write]:
    """All but one page, which was made ready and not written.

    What a page held that is written anew in its place is not lost by that, or else no file system
    would be left: the page may be one of its own.
    """
    empty = [
        (number, start)
        for number, (offset, data) in enumerate(pending)
        for start in range(0, len(data), PAGE)
        if not any(before.read(offset + start, len(data[start : start + PAGE])))
    ]
    if not empty:
        return list(pending)
    victim, start = random.choice(empty)
    offset, data = pending[victim]
    hole = bytes(len(data[start : start + PAGE]))
    damaged = Write(offset, data[:start] + hole + data[start + PAGE :])
    return [*pending[:victim], damaged, *pending[victim + 1 :]]


SURVIVALS: tuple[Survival, ...] = (nothing, some, torn, the_later, zeroed, everything)
