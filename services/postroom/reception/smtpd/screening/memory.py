"""Who passed which test, and until when that counts (main.cf: postscreen_greet_ttl and others)."""

from collections.abc import Callable, Mapping

# Of clients that passed; the oldest make room.
MAX_REMEMBERED = 100_000


class Passed:
    """Times are those of ``now``. What is remembered lasts as long as the process."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[str, dict[str, float]] = {}

    def lacks(self, address: str, tests: frozenset[str]) -> frozenset[str]:
        """Those of ``tests`` that a client has to pass (again)."""
        known, now = self._until.get(address, {}), self._now()
        return frozenset(test for test in tests if known.get(test, now) <= now)

    def is_known(self, address: str) -> bool:
        return address in self._until

    def note(self, address: str, passed: Mapping[str, float]) -> None:
        """``passed``: the tests, and for how many seconds each counts."""
        known = self._until.pop(address, {})
        now = self._now()
        self._until[address] = known | {test: now + seconds for test, seconds in passed.items()}
        if len(self._until) > MAX_REMEMBERED:
            del self._until[next(iter(self._until))]
