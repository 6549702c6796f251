"""Ask another component: one kept connection, many questions in flight, closed when unused."""

import asyncio
import socket
from collections.abc import Sequence
from typing import TypeVar

from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.line import Line, Patience, close_all

A = TypeVar("A")

# A server leaves when it has no connection, so an unused one must not keep it (main.cf: ipc_idle).
IDLE_SECONDS = 5.0
# main.cf: ipc_timeout.
TIMEOUT_SECONDS = 3600.0


class Client:
    """Asks the questions of ``contract`` at the socket ``path``.

    A lost connection fails the questions in flight with ``Unavailable``; the next question
    connects anew. Whether a failed question was acted upon is unknown to the caller. A server
    that leaves in good order answers what it was asked; new questions wait for its successor.
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
        self._patience = Patience(timeout, idle)
        self._line: Line | None = None
        self._connecting: asyncio.Future[Line] | None = None

    async def ask(self, question: Question[A]) -> A:
        """The answer; raises Unavailable."""
        answer, descriptors = await self.ask_with_descriptors(question)
        close_all(descriptors)
        return answer

    async def ask_with_descriptors(
        self, question: Question[A], descriptors: Sequence[int] = ()
    ) -> tuple[A, list[int]]:
        """Send descriptors along (the caller keeps its own), and get those of the answer."""
        line = self._line or await self.line()
        return await line.ask(question, descriptors)

    async def line(self) -> Line:
        """The connection for new questions; raises Unavailable."""
        if self._line is not None:
            return self._line
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._connect())
        try:
            return await asyncio.shield(self._connecting)
        finally:
            if self._connecting is not None and self._connecting.done():
                self._connecting = None

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    async def _connect(self) -> Line:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        sock.setblocking(False)
        try:
            await _connect_with_patience(sock, self._path)
        except OSError as error:
            sock.close()
            raise Unavailable(f"cannot connect to {self._path}: {error.strerror}") from None
        self._line = Line(sock, self._contract, self._patience, self._retired)
        return self._line

    def _retired(self, line: Line) -> None:
        if self._line is line:
            self._line = None


class Conversation:
    """Questions that belong together, and must all reach the same process.

    Holds the connection of its first question, however long the others take to come, until
    ``close``. If the connection is lost, all further questions raise Unavailable.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._line: Line | None = None
        self._over = False

    async def ask(self, question: Question[A]) -> A:
        answer, descriptors = await self.ask_with_descriptors(question)
        close_all(descriptors)
        return answer

    async def ask_with_descriptors(
        self, question: Question[A], descriptors: Sequence[int] = ()
    ) -> tuple[A, list[int]]:
        if self._over:
            raise Unavailable("the conversation is over")
        if self._line is None:
            self._line = await self._client.line()
            self._line.hold()
        return await self._line.ask(question, descriptors)

    def close(self) -> None:
        """The last question has been answered, or nobody waits for it any more."""
        self._over = True
        line, self._line = self._line, None
        if line is not None:
            line.release()


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
