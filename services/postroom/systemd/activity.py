"""Know when a service has nothing to do: the moment it may leave (main.cf: max_idle)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType


class Activity:
    """Counts what is under way; ``with activity:`` around each piece of work.

    The same object may be entered many times, by any task.
    """

    def __init__(self) -> None:
        self._count = 0
        self._since = 0.0
        self._leave: asyncio.Event = asyncio.Event()
        self._when_leaving: list[Callable[[], None]] = []

    def __call__(self) -> "Activity":
        return self

    def __enter__(self) -> "Activity":
        self._count += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._count -= 1
        if self._count == 0:
            self._since = asyncio.get_running_loop().time()

    @property
    def busy(self) -> bool:
        return self._count > 0

    @property
    def leaving(self) -> bool:
        return self._leave.is_set()

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not longer than until it is time to leave."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leave.wait(), seconds)

    def when_leaving(self, act: Callable[[], None]) -> None:
        """Have ``act`` called as soon as it is time to leave."""
        self._when_leaving.append(act)

    def leave(self) -> None:
        """Leave as soon as nothing is under way (SIGTERM)."""
        if not self._leave.is_set():
            self._leave.set()
            for act in self._when_leaving:
                act()

    async def idle(self, seconds: float) -> None:
        """Return once nothing was under way for ``seconds``, or after ``leave`` nothing is."""
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        while not self._leave.is_set():
            rest = self._since + seconds - loop.time()
            if not self.busy and rest <= 0:
                return
            pause = seconds if self.busy else rest
            await self.sleep(max(pause, 0.01))
        while self.busy:
            await asyncio.sleep(0.02)
