"""Long lists are told page by page: what one answer holds, and where the next begins."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

from msgspec import Meta

T = TypeVar("T")

# A place in what was there when the caller asked for the first page, 0: whoever names a later
# one sees the same list, whatever has come and gone meanwhile.
Position = Annotated[int, Meta(ge=0, lt=1 << 31)]
# Places looked at for a page: it is made in some 10 ms of a thread, and mail goes on meanwhile; of
# smaller ones more time would go by between the two programs than in either.
PAGE_SIZE = 1000
# Characters in an answer, which is bounded; each takes up to 4 bytes.
MAX_CHARACTERS = 500_000


def page(found: Iterable[T | None], size: Callable[[T], int]) -> tuple[tuple[T, ...], int]:
    """What of ``found`` has room in an answer, at least one, and how many places that took; at
    some of them there is nothing any more."""
    entries: list[T] = []
    room = MAX_CHARACTERS
    places = 0
    for entry in found:
        if room < 0:
            break
        if entry is not None:
            room -= size(entry)
            if room < 0 and entries:
                break
            entries.append(entry)
        places += 1
    return tuple(entries), places


def following(start: int, places: int, whole: Sequence[object]) -> int:
    """Where the page begins after one of so many places; 0 after the last one."""
    end = start + places
    return end if end < len(whole) else 0


def fitting(items: Sequence[T], size: Callable[[T], int]) -> tuple[T, ...]:
    """The first of what one entry lists, as far as they have room: nobody reads the rest of such
    a list."""
    room = MAX_CHARACTERS
    for count, item in enumerate(items):
        room -= size(item)
        if room < 0:
            return tuple(items[:count])
    return tuple(items)
