"""Run a coroutine without a task: at once as far as it goes, then whenever it need not wait.

Most commands wait for nothing, and a task costs more than such a command does. The coroutine
has no current task: it must not open ``asyncio.timeout``, nor can it be cancelled.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Pursuit:
    """``ended`` is called with the error or None, unless the first step is the last."""

    __slots__ = ("_coroutine", "_ended")

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, None],
        ended: Callable[[BaseException | None], None],
    ) -> None:
        self._coroutine = coroutine
        self._ended = ended

    def step(self) -> bool:
        """Go on to the next wait; True at the end. Raises what the coroutine raises."""
        try:
            future = self._coroutine.send(None)
        except StopIteration:
            return True
        if future is None:  # asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(self._wake, None)
        else:
            # What a task does to show that ``await`` was understood (asyncio.Future.__await__).
            future._asyncio_future_blocking = False
            future.add_done_callback(self._wake)
        return False

    def _wake(self, _: object) -> None:
        """The future is done; its result or its error comes up where it was awaited."""
        try:
            over = self.step()
        except BaseException as error:
            self._ended(error)
        else:
            if over:
                self._ended(None)
