"""Workers by user, kept a little while for the user's next mail; a limit for all together."""

import asyncio
import os
import socket
from contextlib import AbstractAsyncContextManager, nullcontext

import msgspec

from postroom.delivery.content import Content
from postroom.delivery.impersonation import packets
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.lane import Lane, Order
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.tasks import AnyTask, Result, decode_results
from postroom.delivery.turns import Turns
from postroom.maillog.record import printable

# Long enough that a burst of mail for one user pays for one fork.
KEEP_SECONDS = 5.0
# Mail for many users is no burst: a process that waits costs more than one that is made.
MAX_KEPT = 20


class WorkerPool:
    """Performs tasks in workers of ``nursery``, by ``limit`` of them at a time (0: any number).

    No user has more than ``share`` of them: one whose commands sleep, or whose files are locked,
    holds up no other.

    What belongs together waits while a worker is busy with what came before, and is then done
    as one batch, which costs little more than a single task.
    """

    def __init__(self, nursery: Nursery, limit: int = 0, share: int = 0) -> None:
        self._nursery = nursery
        self._places: AbstractAsyncContextManager[object] = (
            asyncio.Semaphore(limit) if limit else nullcontext()
        )
        self._shares = Turns(share)
        self._lanes: dict[tuple[Identity, str], Lane] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._idle: dict[socket.socket, tuple[Identity, asyncio.TimerHandle]] = {}

    async def perform(self, identity: Identity, task: AnyTask, content: Content) -> Result:
        """What the worker says, on one line; one that dies on it leaves the message for later."""
        order = Order(task, content)
        lane = None if task.together is None else self._lanes.get((identity, task.together))
        if lane is not None:
            lane.append(order)
        else:
            self._open_lane(identity, task.together, order)
        result = await order.result
        text = printable(result.text)
        return result if text is result.text else msgspec.structs.replace(result, text=text)

    def close(self) -> None:
        """Let all idle workers go."""
        for sock in tuple(self._idle):
            self._retire(sock)

    def _open_lane(self, identity: Identity, name: str | None, order: Order) -> None:
        lane = Lane()
        lane.append(order)
        if name is not None:
            self._lanes[identity, name] = lane
        task = asyncio.get_running_loop().create_task(self._serve(lane, identity, name))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, lane: Lane, identity: Identity, name: str | None) -> None:
        """Find a worker, and have it do all that comes in until there is nothing more."""
        batch: list[Order] = []
        sock: socket.socket | None = None
        try:
            async with self._shares.of(str(identity.uid)), self._places:
                sock = self._take(identity)
                while batch := lane.next_batch():
                    begun = asyncio.get_running_loop().time()
                    await _exchange(sock, batch)
                    if len(batch) > 1:
                        await lane.gather(begun, len(batch))
                self._keep(identity, sock)
        except (OSError, msgspec.MsgspecError) as error:
            lane.fail(batch, error)
            if sock is not None:
                sock.close()
        finally:
            if name is not None:
                del self._lanes[identity, name]

    def _take(self, identity: Identity) -> socket.socket:
        """A worker that is there, or a new one; raises OSError where none can be made."""
        for sock, (owner, timer) in self._idle.items():
            if owner == identity:
                timer.cancel()
                del self._idle[sock]
                return sock
        return self._nursery.worker(identity)

    def _keep(self, identity: Identity, sock: socket.socket) -> None:
        if len(self._idle) >= MAX_KEPT:
            self._retire(next(iter(self._idle)))
        timer = asyncio.get_running_loop().call_later(KEEP_SECONDS, self._retire, sock)
        self._idle[sock] = identity, timer

    def _retire(self, sock: socket.socket) -> None:
        _, timer = self._idle.pop(sock)
        timer.cancel()
        sock.close()


async def _exchange(sock: socket.socket, batch: list[Order]) -> None:
    """Have one batch done; raises OSError when the worker is gone."""
    descriptors = [descriptor for order in batch for descriptor in order.descriptors]
    packets.send(sock, packets.batch(order.packet for order in batch), *descriptors)
    waiting = iter(batch)
    settled = 0
    while settled < len(batch):
        results = decode_results(await _packet(sock))
        settled += len(results)
        for result, order in zip(results, waiting, strict=False):
            order.settle(result)


async def _packet(sock: socket.socket) -> bytes:
    """Wait for one packet; raises OSError when the worker is gone."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(sock.fileno(), _set, readable)
    try:
        await readable
    finally:
        loop.remove_reader(sock.fileno())
    packet, descriptors = packets.receive(sock)
    for descriptor in descriptors:
        os.close(descriptor)
    if not packet:
        raise ConnectionResetError(104, "worker is gone")
    return packet


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
