"""Ask another component: one kept connection, many questions in flight, closed when unused."""

import asyncio
import os
import socket
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

import msgspec

from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.wire import Kind, Wire

A = TypeVar("A")

# A server leaves when it has no connection, so an unused one must not keep it (main.cf: ipc_idle).
IDLE_SECONDS = 5.0
# main.cf: ipc_timeout.
TIMEOUT_SECONDS = 3600.0


class _Pending(NamedTuple):
    question: type[Question[Any]]
    future: "asyncio.Future[tuple[Any, list[int]]]"
    since: float


class Client:
    """Asks the questions of ``contract`` at the socket ``path``.

    A lost connection fails the questions in flight with ``Unavailable``; the next question
    connects anew. Whether a failed question was acted upon is unknown to the caller.
    """

    def __init__(
        self,
        path: str,
        contract: Contract,
        *,
        timeout: float = TIMEOUT_SECONDS,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._path = path
        self._contract = contract
        self._timeout = timeout
        self._idle = idle
        self._wire: Wire | None = None
        self._connecting: asyncio.Future[Wire] | None = None
        self._serial = 0
        self._pending: dict[int, _Pending] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._last_used = 0.0

    async def ask(self, question: Question[A]) -> A:
        """The answer; raises Unavailable or BrokenContract."""
        answer, descriptors = await self.ask_with_descriptors(question)
        _close_all(descriptors)
        return answer

    async def ask_with_descriptors(
        self, question: Question[A], descriptors: Sequence[int] = ()
    ) -> tuple[A, list[int]]:
        """Send descriptors along (the caller keeps its own), and get those of the answer."""
        payload = msgspec.msgpack.encode(question)
        wire = self._wire
        if wire is None:
            wire = await self._connected()
        if wire.closed:
            raise Unavailable(f"lost connection with {self._contract.name}")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[A, list[int]]] = loop.create_future()
        serial = self._serial = (self._serial + 1) & 0xFFFFFFFF
        self._last_used = loop.time()
        self._pending[serial] = _Pending(type(question), future, self._last_used)
        wire.send(Kind.QUESTION, serial, payload, descriptors)
        if self._watch is None:
            self._watch = loop.call_later(min(self._idle, self._timeout), self._look)
        return await future

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()

    async def _connected(self) -> Wire:
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._connect())
        try:
            return await asyncio.shield(self._connecting)
        finally:
            if self._connecting is not None and self._connecting.done():
                self._connecting = None

    async def _connect(self) -> Wire:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        sock.setblocking(False)
        try:
            await _connect_with_patience(sock, self._path)
        except OSError as error:
            sock.close()
            raise Unavailable(f"cannot connect to {self._path}: {error.strerror}") from None
        self._wire = Wire(sock, self._frame, self._closed)
        return self._wire

    def _frame(self, kind: Kind, serial: int, payload: bytes, descriptors: list[int]) -> None:
        pending = self._pending.pop(serial, None)
        if pending is None or kind is Kind.QUESTION:
            _close_all(descriptors)
            self._fail(pending, BrokenContract(f"{self._contract.name}: not an answer to us"))
        elif kind is Kind.FAILURE or pending.future.done():
            _close_all(descriptors)
            if not pending.future.done():
                pending.future.set_exception(Unavailable(payload.decode("utf-8", "replace")))
        else:
            self._answered(pending, payload, descriptors)

    def _answered(self, pending: _Pending, payload: bytes, descriptors: list[int]) -> None:
        try:
            answer = self._contract.decode_answer(pending.question, payload)
        except BrokenContract as error:
            _close_all(descriptors)
            self._fail(pending, error)
        pending.future.set_result((answer, descriptors))

    def _fail(self, pending: _Pending | None, error: BrokenContract) -> NoReturn:
        """The question that met with the breach learns of it; then the connection ends."""
        if pending is not None and not pending.future.done():
            pending.future.set_exception(Unavailable(str(error)))
        raise error

    def _closed(self, error: BaseException | None) -> None:
        self._wire = None
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        waiting, self._pending = self._pending, {}
        for pending in waiting.values():
            if not pending.future.done():
                pending.future.set_exception(
                    Unavailable(f"lost connection with {self._contract.name}: {error or 'closed'}")
                )

    def _look(self) -> None:
        """Close the connection when it is unused, or when the oldest question waits too long."""
        loop = asyncio.get_running_loop()
        self._watch = None
        if self._wire is None:
            return
        oldest = min((pending.since for pending in self._pending.values()), default=None)
        if oldest is None and loop.time() - self._last_used >= self._idle:
            self._wire.close()
        elif oldest is not None and loop.time() - oldest >= self._timeout:
            self._wire.close(TimeoutError("no answer in time"))
        else:
            self._watch = loop.call_later(min(self._idle, self._timeout), self._look)


def _close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


async def _connect_with_patience(sock: socket.socket, path: str) -> None:
    """connect(2) answers EAGAIN at once while the backlog is full; that is no failure."""
    loop = asyncio.get_running_loop()
    for pause in (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 1.0, 1.0):
        try:
            await loop.sock_connect(sock, path)
            return
        except BlockingIOError:
            await asyncio.sleep(pause)
    await loop.sock_connect(sock, path)
