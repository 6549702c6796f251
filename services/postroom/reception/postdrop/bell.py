"""Tell pickup that there is something for it."""

import asyncio

from postroom.contracts.pickup import Wake
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.maillog.postdrop import PostdropLog


class Bell:
    """Who has handed a message in does not wait until pickup has heard of it."""

    def __init__(self, pickup: Client, log: PostdropLog) -> None:
        self._pickup = pickup
        self._log = log
        self._calls: set[asyncio.Task[None]] = set()

    def ring(self) -> None:
        call = asyncio.ensure_future(self._call())
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def silence(self) -> None:
        """Return when every call was heard, or cannot be."""
        await asyncio.gather(*self._calls)

    async def _call(self) -> None:
        try:
            await self._pickup.ask(Wake())
        except Unavailable as error:
            self._log.cannot_wake_pickup(str(error))
