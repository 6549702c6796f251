"""Answers kept for their time to live, never more than so many."""

import time
from collections.abc import Callable

from msgspec import structs

from postroom.contracts.dns import Answer, RecordType, TryAgain
from postroom.lookup.dns.reading import Reading, Result

MAX_ENTRIES = 20_000
# A record must not live for years because somebody says so; RFC 8767 section 4 names a week.
MAX_TTL = 86_400
# RFC 2308 section 5 names one to three hours.
MAX_NEGATIVE_TTL = 10_800
# RFC 9520 section 3.2: at least a second, at most five minutes.
FAILURE_TTL = 5

Key = tuple[str, RecordType]


class Cache:
    """``clock`` counts seconds and never jumps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[Key, tuple[float, Result]] = {}

    def get(self, key: Key) -> Result | None:
        """What is known and not too old; an Answer's ``ttl`` is what is left of it."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        expires, result = entry
        left = expires - self._clock()
        if left <= 0:
            del self._entries[key]
            return None
        return structs.replace(result, ttl=int(left)) if isinstance(result, Answer) else result

    def put(self, key: Key, reading: Reading) -> None:
        if isinstance(reading.result, TryAgain):
            ttl = FAILURE_TTL
        elif isinstance(reading.result, Answer):
            ttl = min(reading.ttl, MAX_TTL)
        else:
            ttl = min(reading.ttl, MAX_NEGATIVE_TTL)
        if ttl <= 0:
            return
        self._entries.pop(key, None)
        while len(self._entries) >= MAX_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (self._clock() + ttl, reading.result)
