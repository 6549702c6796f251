"""Who a client is by the word of the proxy in front of us (the PROXY protocol, versions 1 and 2).

The parser is aiosmtpd's; what it reads is what the engine has not looked at yet.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiosmtpd.proxy_protocol import V2_CMD, ProxyData, get_proxy

from postroom.esmtp.server import ServerEngine
from postroom.reception.smtpd.peer import plain_address

# What a proxy says first is far shorter (version 1: 107 octets; 2: what its TLVs need).
_LONGEST = 4096

# Waits for more input, for so many seconds; False where none came.
More = Callable[[float], Awaitable[bool]]


class BadProxy(Exception):
    """What came is no header of a proxy; the message is for the log."""


class Ends(NamedTuple):
    """The client's end of the connection, and ours, as the proxy sees them."""

    client: tuple[str, int]
    server: tuple[str, int]


async def proxied(engine: ServerEngine, more: More, seconds: float) -> Ends | None:
    """What a proxy says; None where it speaks for itself. Raises BadProxy."""
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        found = await get_proxy(_Input(engine, more, deadline))
    except EOFError as error:
        raise BadProxy(str(error)) from None
    if not found.valid:
        raise BadProxy(found.error or "no header")
    return _ends(found)


def _ends(found: ProxyData) -> Ends | None:
    client, server = found.src_addr, found.dst_addr
    if found.command is V2_CMD.LOCAL or client is None or server is None:
        return None
    return Ends(
        (plain_address(str(client)), found.src_port or 0),
        (plain_address(str(server)), found.dst_port or 0),
    )


class _Input:
    """The engine's input, as asyncio's StreamReader would give it until ``deadline``."""

    def __init__(self, engine: ServerEngine, more: More, deadline: float) -> None:
        self._engine = engine
        self._more = more
        self._deadline = deadline

    async def read(self, size: int = -1) -> bytes:
        await self._wait_for(1)
        return self._engine.take(self._engine.backlog if size < 0 else size)

    async def readexactly(self, size: int) -> bytes:
        await self._wait_for(size)
        return self._engine.take(size)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        while (at := self._engine.peek(_LONGEST).find(separator)) < 0:
            await self._wait_for(self._engine.backlog + 1)
        return self._engine.take(at + len(separator))

    async def _wait_for(self, size: int) -> None:
        if size > _LONGEST:
            raise EOFError("it says too much")
        now = asyncio.get_running_loop().time
        while self._engine.backlog < size:
            if now() >= self._deadline or not await self._more(self._deadline - now()):
                raise EOFError("it does not say who the client is")
