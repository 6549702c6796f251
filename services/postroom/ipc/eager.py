"""Start a coroutine at once; most questions are answered before it has to wait for anything."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

if sys.version_info >= (3, 12):

    def start(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that may be done already; by then it has cost no turn of the event loop."""
        loop = asyncio.get_running_loop()
        return asyncio.Task(coroutine, loop=loop, eager_start=True)

else:

    def start(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that begins in the next turn: before Python 3.12 there is no other."""
        return asyncio.get_running_loop().create_task(coroutine)
