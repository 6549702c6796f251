"""Run a coroutine as far as it goes without waiting; most commands need no more than that.

A task costs more than a command does. So the first step is made at once, and only what has to
wait becomes a task. In its first step a coroutine has no current task: it must not open
``asyncio.timeout``.
"""

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Rest(Generic[T]):
    """What remains of a coroutine that waits for ``future``; to be awaited by a task."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], future: Any) -> None:
        self._coroutine = coroutine
        self._future = future

    def __await__(self) -> Generator[Any, Any, T]:
        waiting_for = self._future
        try:
            while True:
                try:
                    yield waiting_for
                except BaseException as error:
                    waiting_for = self._coroutine.throw(error)
                else:
                    waiting_for = self._coroutine.send(None)
        except StopIteration as done:
            value: T = done.value
            return value


def first_step(coroutine: Coroutine[Any, Any, T]) -> T | Rest[T]:
    """The result, or the rest to wait for."""
    try:
        future = coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    return Rest(coroutine, future)
