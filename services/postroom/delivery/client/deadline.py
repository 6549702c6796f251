"""One deadline that moves with every step of a conversation, at almost no cost."""

import asyncio
from collections.abc import Callable


class Deadline:
    """Calls ``expired`` once the time last set is over.

    A timer per command costs more than the command. Here a timer that is too early looks
    again when it fires; only a deadline before it makes a new one.
    """

    def __init__(self, expired: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._expired = expired
        self._at: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Expire in so many seconds, unless set again; 0 is never."""
        if seconds <= 0:
            self._at = None
            return
        at = self._at = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(at, self._look)

    def extend(self, seconds: float, most: float) -> None:
        """So many seconds more, but in no more than ``most`` from now."""
        if self._at is not None:
            self._at = min(self._at + seconds, self._loop.time() + most)

    def clear(self) -> None:
        """Nothing is waited for now."""
        self._at = None

    def close(self) -> None:
        """Never call again."""
        self._at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._at is None:
            return
        if self._loop.time() < self._at:
            self._timer = self._loop.call_at(self._at, self._look)
        else:
            self._at = None
            self._expired()
