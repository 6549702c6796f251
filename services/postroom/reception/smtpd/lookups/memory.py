"""A memory of a second: what the same client asks again at once is not asked again of others."""

import time
from typing import Generic, TypeVar

V = TypeVar("V")
# The contracts allow it, and a changed table is seen soon enough.
LIFETIME = 1.0
# A flood of different addresses must not fill our memory.
MAX_ENTRIES = 4096


class ShortMemory(Generic[V]):
    """A mapping that is emptied whole, once a second or when it is full."""

    def __init__(self) -> None:
        self._entries: dict[str, V] = {}
        self._until = 0.0

    def get(self, key: str) -> V | None:
        if time.monotonic() >= self._until:
            self._entries.clear()
            return None
        return self._entries.get(key)

    def put(self, key: str, value: V) -> None:
        if not self._entries or len(self._entries) >= MAX_ENTRIES:
            self._entries.clear()
            self._until = time.monotonic() + LIFETIME
        self._entries[key] = value
