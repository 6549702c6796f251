"""One connection to a server, seen by the side that asks: its questions in flight."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.wire import Kind, Wire

A = TypeVar("A")


class Patience(NamedTuple):
    """Seconds: for an answer, and until an unused connection is closed."""

    timeout: float
    idle: float


class _Pending(NamedTuple):
    question: type[Question[Any]]
    future: "asyncio.Future[tuple[Any, list[int]]]"
    since: float


class Line:
    """Closes itself when it is unused, or when the server leaves and all is answered.

    ``on_retire`` is called once, when no new conversation may begin here any more: the server
    is about to leave, or the connection has ended.
    """

    def __init__(
        self,
        sock: socket.socket,
        contract: Contract,
        patience: Patience,
        on_retire: Callable[["Line"], None],
    ) -> None:
        self._contract = contract
        self._patience = patience
        self._on_retire = on_retire
        self._loop = asyncio.get_running_loop()
        self._serial = 0
        self._pending: dict[int, _Pending] = {}
        self._holds = 0
        self._retired = False
        self._last_used = self._loop.time()
        self._watch: asyncio.TimerHandle | None = None
        self._wire = Wire(sock, self._frame, self._closed)
        self._plan_look()

    async def ask(self, question: Question[A], descriptors: Sequence[int]) -> tuple[A, list[int]]:
        """Raises Unavailable, TooLong among it."""
        if self._wire.closed:
            raise Unavailable(f"lost connection with {self._contract.name}")
        future: asyncio.Future[tuple[A, list[int]]] = self._loop.create_future()
        serial = self._serial = (self._serial + 1) & 0xFFFFFFFF
        self._wire.send(Kind.QUESTION, serial, question, descriptors)
        self._last_used = self._loop.time()
        self._pending[serial] = _Pending(type(question), future, self._last_used)
        return await future

    def hold(self) -> None:
        """Stay open between questions that belong together, until ``release``."""
        self._holds += 1

    def release(self) -> None:
        self._holds -= 1
        self._last_used = self._loop.time()
        self._close_if_done()

    def close(self) -> None:
        self._wire.close()

    def _frame(self, kind: Kind, serial: int, payload: bytes, descriptors: list[int]) -> None:
        if kind is Kind.LEAVING:
            close_all(descriptors)
            self._retire()
            self._close_if_done()
            return
        pending = self._pending.pop(serial, None)
        if pending is None or kind is Kind.QUESTION:
            close_all(descriptors)
            self._fail(pending, BrokenContract(f"{self._contract.name}: not an answer to us"))
        elif kind is Kind.FAILURE or pending.future.done():
            close_all(descriptors)
            if not pending.future.done():
                pending.future.set_exception(Unavailable(payload.decode("utf-8", "replace")))
        else:
            self._answered(pending, payload, descriptors)
        self._close_if_done()

    def _answered(self, pending: _Pending, payload: bytes, descriptors: list[int]) -> None:
        try:
            answer = self._contract.decode_answer(pending.question, payload)
        except BrokenContract as error:
            close_all(descriptors)
            self._fail(pending, error)
        pending.future.set_result((answer, descriptors))

    def _fail(self, pending: _Pending | None, error: BrokenContract) -> NoReturn:
        """The question that met with the breach learns of it; then the connection ends."""
        if pending is not None and not pending.future.done():
            pending.future.set_exception(Unavailable(str(error)))
        raise error

    def _retire(self) -> None:
        if not self._retired:
            self._retired = True
            self._on_retire(self)

    def _close_if_done(self) -> None:
        if self._retired and not self._pending and self._holds == 0:
            self._wire.close()

    def _closed(self, error: BaseException | None) -> None:
        self._retire()
        if self._watch is not None:
            self._watch.cancel()
        waiting, self._pending = self._pending, {}
        for pending in waiting.values():
            if not pending.future.done():
                pending.future.set_exception(
                    Unavailable(f"lost connection with {self._contract.name}: {error or 'closed'}")
                )

    def _plan_look(self) -> None:
        self._watch = self._loop.call_later(min(self._patience), self._look)

    def _look(self) -> None:
        """Close the connection when it is unused, or when the oldest question waits too long."""
        now = self._loop.time()
        oldest = min((pending.since for pending in self._pending.values()), default=None)
        unused = oldest is None and self._holds == 0
        if unused and now - self._last_used >= self._patience.idle:
            self._wire.close()
        elif oldest is not None and now - oldest >= self._patience.timeout:
            self._wire.close(TimeoutError("no answer in time"))
        else:
            self._plan_look()


def close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
