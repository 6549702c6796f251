"""How much may be under way for one name at a time, while others go on."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakValueDictionary


class Turns:
    """``limit`` for each name; 0 is no limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, name: str) -> AbstractAsyncContextManager[None]:
        """Entered when it is the caller's turn."""
        if not self._limit:
            return nullcontext()
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = asyncio.Semaphore(self._limit)
        return place
