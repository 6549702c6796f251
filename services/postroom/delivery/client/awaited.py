"""What the user of a connection waits for, one thing at a time."""

import asyncio


class Awaited:
    """A failure that comes while nobody waits is for whoever waits next, and for all after."""

    def __init__(self) -> None:
        self._waiter: asyncio.Future[None] | None = None
        self._failure: Exception | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody waits."""
        return self._waiter is not None

    async def wait(self) -> None:
        """Until it has come; raises what came instead."""
        if self._failure is not None:
            raise self._failure
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def come(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """Only the first failure counts."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        else:
            self._failure = self._failure or error
