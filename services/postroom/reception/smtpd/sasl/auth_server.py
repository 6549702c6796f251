"""The connection to Dovecot's authentication server: one for all sessions, made when needed."""

import asyncio
import os
from collections.abc import Callable
from itertools import count
from typing import Final, cast

from postroom.config.endpoint import Endpoint
from postroom.reception.smtpd.sasl.dovecot_lines import (
    MAX_LINE,
    VERSION,
    Answer,
    BadLine,
    Challenge,
    Circumstances,
    Done,
    Failure,
    Mechanism,
    Success,
    Version,
    auth,
    cancel,
    cont,
    introduction,
    parse,
)

# Dovecot lets a client that was wrong wait, and one that was so before some fifteen seconds.
ANSWER_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 10.0
_LOST: Final = "Connection lost to authentication server"


class Unreachable(Exception):
    """No answer can be had now; the text says why."""


class AuthServer:
    """Where exchanges begin."""

    def __init__(self, address: Endpoint) -> None:
        self._address = address
        self._connection: Connection | None = None
        self._connecting: asyncio.Future[Connection] | None = None

    async def connection(self) -> "Connection":
        """The one that is open, or a new one; raises Unreachable."""
        if self._connection is not None and self._connection.open:
            return self._connection
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._connect())
        try:
            self._connection = await asyncio.shield(self._connecting)
        finally:
            self._connecting = None
        return self._connection

    async def _connect(self) -> "Connection":
        connection = Connection()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._open(connection)
                await connection.introduced
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error) or "timed out"
            connection.fail(reason)
            raise Unreachable(f"Connect to {self._address.name} failed: {reason}") from None
        return connection

    async def _open(self, connection: "Connection") -> None:
        loop, address = asyncio.get_running_loop(), self._address
        if address.path:
            await loop.create_unix_connection(lambda: connection, address.path)
        else:
            await loop.create_connection(lambda: connection, address.host, address.port)


class Connection(asyncio.Protocol):
    """``mechanisms`` are known once it is ``introduced``; questions raise Unreachable."""

    def __init__(self) -> None:
        self.mechanisms: tuple[Mechanism, ...] = ()
        self.open = False
        self.introduced: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    async def begin(self, mechanism: str, about: Circumstances, initial: str | None) -> Answer:
        return await self._ask(
            next(self._numbers), lambda request: auth(request, mechanism, about, initial)
        )

    async def go_on(self, request: int, response: str) -> Answer:
        """Answer a challenge."""
        return await self._ask(request, lambda request: cont(request, response))

    def give_up(self, request: int) -> None:
        """The client does not answer a challenge."""
        if self._transport is not None and self.open:
            self._transport.write(cancel(request))

    def fail(self, reason: str) -> None:
        """The end: whoever waits hears of it."""
        self.open = False
        if not self.introduced.done():
            self.introduced.set_exception(ConnectionAbortedError(reason))
            self.introduced.exception()  # whoever connects may have given up by now
        for waiting in self._waiting.values():
            _end(waiting, reason)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.open = True
        self._transport.write(introduction(os.getpid()))

    def connection_lost(self, error: Exception | None) -> None:
        self.fail(_LOST)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        self._buffer[:] = rest
        try:
            for line in lines:
                self._take(line)
            if len(rest) > MAX_LINE:
                raise BadLine("a line without end")
        except BadLine as reason:
            self.fail(f"the authentication server breaks the protocol: {reason}")

    async def _ask(self, request: int, question: Callable[[int], bytes]) -> Answer:
        if self._transport is None or not self.open:
            raise Unreachable(_LOST)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting[request] = answer
        self._transport.write(question(request))
        timer = loop.call_later(ANSWER_SECONDS, _end, answer, "no answer in time")
        try:
            return await answer
        finally:
            timer.cancel()
            self._waiting.pop(request, None)

    def _take(self, line: bytes) -> None:
        match parse(line):
            case Version(major):
                if major != VERSION:
                    raise BadLine("another version")
            case Mechanism() as mechanism:
                self.mechanisms += (mechanism,)
            case Done():
                if not self.introduced.done():
                    self.introduced.set_result(None)
            case Challenge() | Success() | Failure() as answer:
                waiting = self._waiting.get(answer.request)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)


def _end(waiting: asyncio.Future[Answer], reason: str) -> None:
    if not waiting.done():
        waiting.set_exception(Unreachable(reason))
