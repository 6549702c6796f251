"""Queue ids: upper-case hexadecimal, the age of the message in them, never used twice.

Every tool that reads a mail log accepts this shape (10 to 15 digits of ``[0-9A-F]``).
An id is a number of microseconds since 1970; qmgr leases disjoint ranges of such numbers,
so that a session knows the id of its message before anything is stored.
"""

from typing import Annotated

from msgspec import Meta, Struct

QueueId = Annotated[str, Meta(pattern=r"^[0-9A-F]{10,15}\Z")]
# An id, or empty where a question is not about one message.
QueueIdOrNone = Annotated[str, Meta(pattern=r"^(?:[0-9A-F]{10,15})?\Z")]


def format_queue_id(number: int) -> QueueId:
    """The id that stands for a number out of a leased range."""
    return f"{number:013X}"


class QueueIdRange(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Numbers ``first`` to ``first + count - 1``, given to one caller and to no other."""

    first: Annotated[int, Meta(ge=1, lt=1 << 60)]
    count: Annotated[int, Meta(ge=1, le=4096)]


class QueueIdAllocator:
    """Hands out disjoint ranges that also differ from those of every earlier run.

    ``floor`` is the highest number known to have been used before; a clock that was set
    back therefore cannot bring an id back.
    """

    def __init__(self, floor: int) -> None:
        self._next = floor + 1

    @property
    def highest(self) -> int:
        """The highest number in use: the ``floor`` of the next run."""
        return self._next - 1

    def lease(self, count: int, now: float) -> QueueIdRange:
        first = max(self._next, int(now * 1_000_000))
        self._next = first + count
        return QueueIdRange(first, count)
