"""A thread that does one thing after another for the event loop, or the loop itself.

An executor can do the same, at more than twice the price: here a piece of work costs one
wake-up each way, and no future.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

R = TypeVar("R")


class Worker:
    """Does what is given to ``do``, in that order; its thread begins with the first piece."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: deque[tuple[Callable[[], Any], Callable[[Any], None]] | None] = deque()
        self._counter = -1
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], R], then: Callable[[R | OSError], None]) -> None:
        """Have ``work`` done in the thread, then its result or its OSError told in the loop."""
        if self._thread is None:
            self._begin()
        self._pieces.append((work, then))
        os.eventfd_write(self._counter, 1)

    @staticmethod
    def do_here(work: Callable[[], R], then: Callable[[R | OSError], None]) -> None:
        """The same without the thread: what takes no time worth to speak of."""
        try:
            result: R | OSError = work()
        except OSError as error:
            result = error
        then(result)

    def close(self) -> None:
        """Return when all is done that was asked for."""
        if self._thread is not None:
            self._pieces.append(None)
            os.eventfd_write(self._counter, 1)
            self._thread.join()
            os.close(self._counter)
            self._thread = None

    def _begin(self) -> None:
        self._counter = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_SEMAPHORE)
        loop = asyncio.get_running_loop()
        # What is under way when the program ends was promised to nobody.
        self._thread = threading.Thread(
            target=self._run, args=(loop,), name=self._name, daemon=True
        )
        self._thread.start()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            os.eventfd_read(self._counter)
            piece = self._pieces.popleft()
            if piece is None:
                return
            work, then = piece
            try:
                result = work()
            except OSError as error:
                result = error
            except Exception as error:
                result, then = error, _raise
            try:
                loop.call_soon_threadsafe(then, result)
            except RuntimeError:
                # The loop was closed meanwhile: the program ends.
                return


def _raise(error: Exception) -> NoReturn:
    """A defect of ours is the loop's to report, as any other."""
    raise error
