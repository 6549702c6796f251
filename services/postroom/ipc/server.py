"""Answer questions on a listening socket: an ``Answerer`` per connection, many at once."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from typing import Any, Protocol, runtime_checkable

import msgspec

from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.eager import start
from postroom.ipc.peer import is_colleague, peer_of
from postroom.ipc.wire import MAX_FRAME, Kind, Wire

_log = logging.getLogger(__name__)
# On a public socket: connections of users who are neither root nor we ourselves, so that they
# cannot use up our descriptors; and bytes of a question, of which none there is long.
MAX_STRANGERS = 64
MAX_PUBLIC_QUESTION = 65_536
# Seconds for which such a user may hold a connection, and with it the service, in silence.
MAX_SILENCE = 60.0


class Caller:
    """The other end of one connection; ``on_close`` holds what to do when that ends."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.pid, self.uid, self.gid = peer_of(sock)
        self.on_close: list[Callable[[], None]] = []

    @cached_property
    def stranger(self) -> bool:
        """Neither the superuser nor a part of this service."""
        return self.uid not in (0, os.getuid()) and not is_colleague(self.sock)


@runtime_checkable
class Leaver(Protocol):
    """An activity that knows when it is time to leave (systemd.activity.Activity)."""

    def when_leaving(self, act: Callable[[], None]) -> None: ...


class WithDescriptors(msgspec.Struct, frozen=True):
    """An answer that carries descriptors; they are closed here once sent."""

    answer: Any
    descriptors: Sequence[int]


# An answerer gets a question and its descriptors (its own to close). It returns the answer,
# or raises Unavailable, which the caller sees as such.
Answerer = Callable[[Question[Any], list[int]], Awaitable[Any]]


class Server:
    """Accepts on a listening socket until ``close``.

    ``answerer_for`` is called for each new connection. Each open connection holds ``activity()``
    (a context manager), so that a service does not leave under its callers; when ``activity``
    says that it is time to leave, the callers are asked to go.
    """

    def __init__(
        self,
        listener: socket.socket,
        contract: Contract,
        answerer_for: Callable[[Caller], Answerer],
        activity: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._listener = listener
        self._contract = contract
        self._answerer_for = answerer_for
        self._activity = activity
        self._connections: set[_Connection] = set()
        self._loop = asyncio.get_running_loop()
        listener.setblocking(False)
        self._loop.add_reader(listener.fileno(), self._acceptable)
        if isinstance(activity, Leaver):
            activity.when_leaving(self.leave)

    def leave(self) -> None:
        """Accept nothing more; callers finish what they have begun, and turn to our successor."""
        self.close()
        for connection in self._connections:
            connection.wire.send_text(Kind.LEAVING, 0, "")

    def close(self) -> None:
        """Accept nothing more; connections that are open stay so."""
        self._loop.remove_reader(self._listener.fileno())

    def disconnect(self) -> None:
        """End every open connection."""
        for connection in tuple(self._connections):
            connection.wire.close()

    def _acceptable(self) -> None:
        for _ in range(64):
            try:
                sock, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                _log.warning("%s: accept: %s", self._contract.name, error.strerror)
                self._pause_accepting()
                return
            caller = Caller(sock)
            if self._contract.public and caller.stranger and self._crowded():
                sock.close()
                continue
            answer = self._answerer_for(caller)
            _Connection(caller, self._contract, answer, self._activity(), self._connections)

    def _crowded(self) -> bool:
        strangers = sum(connection.caller.stranger for connection in self._connections)
        return strangers >= MAX_STRANGERS

    def _pause_accepting(self) -> None:
        """Out of descriptors: spinning would only make it worse."""
        self._loop.remove_reader(self._listener.fileno())
        self._loop.call_later(
            0.2, lambda: self._loop.add_reader(self._listener.fileno(), self._acceptable)
        )


class _Connection:
    def __init__(
        self,
        caller: Caller,
        contract: Contract,
        answer: Answerer,
        activity: AbstractContextManager[object],
        connections: "set[_Connection]",
    ) -> None:
        self.caller = caller
        self._contract = contract
        self._activity = activity
        self._connections = connections
        self._tasks: set[asyncio.Task[None]] = set()
        self._answer = answer
        activity.__enter__()
        connections.add(self)
        longest = MAX_PUBLIC_QUESTION if contract.public else MAX_FRAME
        self.wire = Wire(caller.sock, self._frame, self._closed, self._continue, longest)
        self._asked = 0
        self._patience: asyncio.TimerHandle | None = None
        if contract.public and caller.stranger:
            self._wait_for_questions(-1)

    def _wait_for_questions(self, before: int) -> None:
        """Hang up on a stranger who asked nothing since the last look."""
        if self._asked == before and not self._tasks:
            self.wire.close()
            return
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(MAX_SILENCE, self._wait_for_questions, self._asked)

    def _frame(self, kind: Kind, serial: int, payload: bytes, descriptors: list[int]) -> None:
        try:
            if kind is not Kind.QUESTION:
                raise BrokenContract(f"{self._contract.name}: an answer nobody asked for")
            question = self._contract.decode_question(payload)
        except BrokenContract:
            for descriptor in descriptors:
                os.close(descriptor)
            raise
        self._asked += 1
        task = start(self._work(serial, question, descriptors))
        if task.done():
            return
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, descriptors))
        if len(self._tasks) >= self._contract.in_flight:
            self.wire.pause()

    async def _work(self, serial: int, question: Question[Any], descriptors: list[int]) -> None:
        given = descriptors[:]
        descriptors.clear()  # from here on they are the answerer's
        try:
            self._reply(serial, await self._answer(question, given))
        except Unavailable as error:
            self.wire.send_text(Kind.FAILURE, serial, str(error))
        except BrokenContract as error:
            self.wire.close(error)
        except Exception:
            _log.exception("%s: %s failed", self._contract.name, type(question).__name__)
            self.wire.send_text(Kind.FAILURE, serial, "internal error")

    def _reply(self, serial: int, answer: Any) -> None:
        if isinstance(answer, WithDescriptors):
            self.wire.send(Kind.ANSWER, serial, answer.answer, answer.descriptors)
            for descriptor in answer.descriptors:
                os.close(descriptor)
        else:
            self.wire.send(Kind.ANSWER, serial, answer)
        if self.wire.backlogged:
            self.wire.pause()

    def _done(self, descriptors: list[int], task: asyncio.Task[None]) -> None:
        for descriptor in descriptors:  # of a question that was dropped before its turn came
            os.close(descriptor)
        self._tasks.discard(task)
        self._continue()
        if self.wire.closed and not self._tasks:
            self._activity.__exit__(None, None, None)

    def _continue(self) -> None:
        """Read on, once the caller has few questions open and reads our answers."""
        if len(self._tasks) < self._contract.in_flight and not self.wire.backlogged:
            self.wire.resume()

    def _closed(self, error: BaseException | None) -> None:
        if isinstance(error, BrokenContract):
            _log.warning("%s: peer disconnected: %s", self._contract.name, error)
        if self._patience is not None:
            self._patience.cancel()
        if not self._contract.finished:
            for task in self._tasks:
                task.cancel()
        for callback in self.caller.on_close:
            callback()
        self._connections.discard(self)
        if not self._tasks:
            self._activity.__exit__(None, None, None)
