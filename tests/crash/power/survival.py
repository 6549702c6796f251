"""Which of the writes that no flush followed yet are on the disk when the power is back.

All that a flush followed is there. Of the rest a disk may have kept any part, in sectors.
"""

from collections.abc import Callable, Sequence
from random import Random

from crash.disk.write_log import Write

SECTOR = 512
PAGE = 4096
Survival = Callable[[Sequence[Write], Random], list[Write]]


def nothing(_pending: Sequence[Write], _random: Random) -> list[Write]:
    return []


def everything(pending: Sequence[Write], _random: Random) -> list[Write]:
    return list(pending)


def some(pending: Sequence[Write], random: Random) -> list[Write]:
    return [write for write in pending if random.random() < 0.5]


def the_later(pending: Sequence[Write], random: Random) -> list[Write]:
    """The disk took the writes in another order than they were given."""
    return list(pending[random.randint(0, len(pending)) :])


def torn(pending: Sequence[Write], random: Random) -> list[Write]:
    """Of every write some sectors."""
    return [
        Write(write.offset + start, write.data[start : start + SECTOR])
        for write in pending
        for start in range(0, len(write.data), SECTOR)
        if random.random() < 0.5
    ]


def zeroed(pending: Sequence[Write], random: Random) -> list[Write]:
    """All but one page, which was made ready and not written."""
    if not pending:
        return []
    victim = random.randrange(len(pending))
    offset, data = pending[victim]
    page = random.randrange(0, len(data), PAGE)
    hole = bytes(len(data[page : page + PAGE]))
    damaged = Write(offset, data[:page] + hole + data[page + PAGE :])
    return [*pending[:victim], damaged, *pending[victim + 1 :]]


SURVIVALS: tuple[Survival, ...] = (nothing, some, torn, the_later, zeroed, everything)
