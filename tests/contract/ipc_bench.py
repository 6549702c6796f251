"""A contract made for tests, a server that keeps it, and peers that need not."""

import array
import asyncio
import os
import socket
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question
from postroom.ipc.server import Answerer, Caller, Server


class Said(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="said"):
    data: Annotated[bytes, Meta(max_length=4_000_000)]


class Say(Question[Said], frozen=True, tag="say"):
    data: Annotated[bytes, Meta(max_length=4_000_000)]


class Other(Question[Said], frozen=True, tag="other"):
    pass


CONTRACT = Contract("test", Say, Other, in_flight=4)
HEADER = struct.Struct(">IIBB")


async def echo(question: Question[Any], descriptors: list[int]) -> Said:
    for descriptor in descriptors:
        os.close(descriptor)
    assert isinstance(question, Say)
    return Said(question.data)


class Place:
    """A served socket, and a client of it."""

    def __init__(self, directory: str) -> None:
        self.path = str(Path(directory) / "socket")
        self.client = Client(self.path, CONTRACT)
        self.server: Server

    def raw(self) -> socket.socket:
        """A connection that may send what it likes."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        sock.setblocking(False)
        return sock


@asynccontextmanager
async def served(
    answer: Answerer = echo,
    contract: Contract = CONTRACT,
    activity: Callable[[], AbstractContextManager[object]] = nullcontext,
    answerer_for: Callable[[Caller], Answerer] | None = None,
) -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory() as directory:
        place = Place(directory)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(place.path)
        listener.listen()
        place.server = Server(listener, contract, answerer_for or (lambda _: answer), activity)
        try:
            yield place
        finally:
            place.client.close()
            place.server.close()
            place.server.disconnect()
            listener.close()
            await asyncio.sleep(0.01)


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 8))


def frame(payload: bytes, kind: int = 0, serial: int = 1, count: int = 0) -> bytes:
    return HEADER.pack(len(payload), serial, kind, count) + payload


def question(data: bytes = b"x") -> bytes:
    return frame(msgspec.msgpack.encode(Say(data)))


def send_with_descriptors(sock: socket.socket, data: bytes, descriptors: list[int]) -> None:
    rights = array.array("i", descriptors)
    sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


async def closed_by_peer(sock: socket.socket) -> bool:
    """Whether the other side ends the connection."""
    loop = asyncio.get_running_loop()
    try:
        while await asyncio.wait_for(loop.sock_recv(sock, 65536), 2):
            pass
    except (ConnectionError, TimeoutError) as error:
        return isinstance(error, ConnectionError)
    return True
