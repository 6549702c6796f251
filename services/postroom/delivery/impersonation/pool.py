"""Workers by user: one per task under way, kept a little while for the user's next mail."""

import asyncio
import os
import socket

import msgspec

from postroom.delivery.content import Content
from postroom.delivery.impersonation import packets
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.tasks import AnyTask, Result, decode_result

# Long enough that a burst of mail for one user pays for one fork.
KEEP_SECONDS = 5.0


class WorkerPool:
    """Performs tasks in workers of ``nursery``."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._idle: dict[Identity, list[tuple[socket.socket, asyncio.TimerHandle]]] = {}

    async def perform(self, identity: Identity, task: AnyTask, content: Content) -> Result:
        """What the worker says; a worker that dies on it leaves the message for later."""
        sock = self._take(identity)
        descriptors = () if content.descriptor < 0 else (content.descriptor,)
        try:
            packets.send(sock, msgspec.msgpack.encode(task), *descriptors)
            packet = await _packet(sock)
            result = decode_result(packet)
        except (OSError, msgspec.MsgspecError) as error:
            sock.close()
            return Result("4.3.0", f"delivery process failed: {error}")
        except BaseException:
            sock.close()
            raise
        self._give_back(identity, sock)
        return result

    def close(self) -> None:
        """Let all idle workers go."""
        for workers in self._idle.values():
            for sock, timer in workers:
                timer.cancel()
                sock.close()
        self._idle.clear()

    def _take(self, identity: Identity) -> socket.socket:
        workers = self._idle.get(identity)
        if not workers:
            return self._nursery.worker(identity)
        sock, timer = workers.pop()
        timer.cancel()
        return sock

    def _give_back(self, identity: Identity, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(KEEP_SECONDS, self._retire, identity, sock)
        self._idle.setdefault(identity, []).append((sock, timer))

    def _retire(self, identity: Identity, sock: socket.socket) -> None:
        workers = self._idle[identity]
        workers[:] = [worker for worker in workers if worker[0] is not sock]
        if not workers:
            del self._idle[identity]
        sock.close()


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
