"""Tasks of one user that are done together, in the order they came in."""

import asyncio
from collections import deque

import msgspec

from postroom.delivery.content import Content
from postroom.delivery.impersonation import packets
from postroom.delivery.impersonation.tasks import AnyTask, Result

# Beyond this a larger batch saves nothing, and who is first in it waits for all.
MAX_BATCH = 64
# Two messages cost little more than one, and ten little more than two. So a batch is begun when
# as many wait as were in the one before, which the queue manager will send as soon as it hears of
# those, or when so many do, or so long after the one before.
ENOUGH = 16
GATHER_SECONDS = 0.02


class Order:
    """One task on its way to a worker, and the promise of its result."""

    __slots__ = ("descriptors", "packet", "result")

    def __init__(self, task: AnyTask, content: Content) -> None:
        self.packet = msgspec.msgpack.encode(task)
        self.descriptors = () if content.descriptor < 0 else (content.descriptor,)
        self.result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def settle(self, result: Result) -> None:
        """Nobody may want to know it any more."""
        if not self.result.done():
            self.result.set_result(result)


class Lane:
    """What waits for one worker."""

    def __init__(self) -> None:
        self._orders: deque[Order] = deque()
        self._enough = ENOUGH
        self._gathered: asyncio.Future[None] | None = None

    def append(self, order: Order) -> None:
        self._orders.append(order)
        if len(self._orders) >= self._enough:
            self._end_gathering()

    async def gather(self, begun: float, before: int) -> None:
        """Wait until enough is there, or it is time; ``begun`` is when the last batch was, of
        ``before`` orders."""
        loop = asyncio.get_running_loop()
        self._enough = min(before, ENOUGH)
        until = begun + GATHER_SECONDS
        if len(self._orders) >= self._enough or loop.time() >= until:
            return
        self._gathered = loop.create_future()
        timer = loop.call_at(until, self._end_gathering)
        await self._gathered
        timer.cancel()

    def _end_gathering(self) -> None:
        if self._gathered is not None and not self._gathered.done():
            self._gathered.set_result(None)

    def next_batch(self) -> list[Order]:
        """As much of what waits as goes into one packet; nothing if nobody waits."""
        batch: list[Order] = []
        size = descriptors = 0
        while self._orders and len(batch) < MAX_BATCH:
            order = self._orders[0]
            size += len(order.packet)
            descriptors += len(order.descriptors)
            if batch and (size > packets.MAX_BATCH_BYTES or descriptors > packets.MAX_DESCRIPTORS):
                break
            self._orders.popleft()
            # The content of one that is given up is closed already.
            if not order.result.done():
                batch.append(order)
        return batch

    def fail(self, batch: list[Order], error: Exception) -> None:
        """``batch``, and all that waits behind it, is left for later."""
        for order in (*batch, *self._orders):
            order.settle(Result("4.3.0", f"delivery process failed: {error}"))
        self._orders.clear()
