"""Send a query to one server and wait for its answer: UDP first, TCP if that was cut."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message

from postroom.lookup.dns.query import Query

PORT = 53
_LENGTH = struct.Struct(">H")


class NoAnswer(Exception):
    """The server did not answer in time, or cannot be reached."""


async def ask_server(
    server: str, query: Query, timeout: float, *, port: int = PORT, tcp_only: bool = False
) -> dns.message.Message:
    """The server's answer, whatever its code; raises NoAnswer."""
    try:
        async with asyncio.timeout(timeout):
            if tcp_only:
                return await _by_tcp(server, port, query)
            answer = await _by_udp(server, port, query)
            # RFC 7766 section 5.
            return await _by_tcp(server, port, query) if answer.flags & dns.flags.TC else answer
    except TimeoutError:
        raise NoAnswer(f"{server}: no answer in time") from None
    except (OSError, asyncio.IncompleteReadError) as error:
        raise NoAnswer(f"{server}: {error}") from None


class _Datagrams(asyncio.DatagramProtocol):
    """The socket is connected, so the kernel drops what comes from elsewhere."""

    def __init__(self, query: Query, answer: "asyncio.Future[dns.message.Message]") -> None:
        self._query = query
        self._answer = answer

    def datagram_received(self, data: bytes, _: Any) -> None:
        message = self._query.read(data)
        # A forged packet must not end the wait for the true one.
        if message is not None and not self._answer.done():
            self._answer.set_result(message)

    def error_received(self, error: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(error)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(error or ConnectionError("socket closed"))


async def _by_udp(server: str, port: int, query: Query) -> dns.message.Message:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[dns.message.Message] = loop.create_future()
    factory: Callable[[], _Datagrams] = lambda: _Datagrams(query, answer)  # noqa: E731
    transport, _ = await loop.create_datagram_endpoint(factory, remote_addr=(server, port))
    try:
        transport.sendto(query.wire)
        return await answer
    finally:
        answer.cancel()
        transport.close()


async def _by_tcp(server: str, port: int, query: Query) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(server, port)
    try:
        writer.write(_LENGTH.pack(len(query.wire)) + query.wire)
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        message = query.read(await reader.readexactly(length))
    finally:
        writer.close()
    if message is None:
        raise NoAnswer(f"{server}: not an answer to the question")
    return message
