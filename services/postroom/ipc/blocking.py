"""Ask questions where there is no event loop, or none to wait with: calls that block."""

import socket
import struct
from typing import Self, TypeVar

import msgspec

from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.wire import HEADER, MAX_FRAME, Kind

A = TypeVar("A")


def ask(path: str, contract: Contract, question: Question[A], timeout: float) -> A:
    """The answer of whoever serves ``contract`` at ``path``; raises Unavailable.

    The connection lasts for this question. ``timeout``: seconds for each step of it.
    """
    with BlockingLine(path, contract, timeout) as line:
        line.send(question)
        return line.answer(question)


class BlockingLine:
    """A connection with one question under way at a time; all raise Unavailable."""

    def __init__(self, path: str, contract: Contract, timeout: float) -> None:
        self._contract = contract
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(path)
        except OSError as error:
            self.close()
            raise self._unavailable(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, question: Question[A]) -> None:
        payload = msgspec.msgpack.encode(question)
        try:
            self._socket.sendall(HEADER.pack(len(payload), 0, Kind.QUESTION, 0) + payload)
        except OSError as error:
            raise self._unavailable(error) from None

    def answer(self, question: Question[A]) -> A:
        """To the question that was sent."""
        try:
            kind, payload = self._frame()
        except (OSError, struct.error) as error:
            raise self._unavailable(error) from None
        if kind != Kind.ANSWER:
            raise Unavailable(payload.decode("utf-8", "replace"))
        try:
            decoded: A = self._contract.decode_answer(type(question), payload)
        except BrokenContract as error:
            raise Unavailable(str(error)) from None
        return decoded

    def _unavailable(self, error: Exception) -> Unavailable:
        return Unavailable(f"cannot ask {self._contract.name}: {error}")

    def _frame(self) -> tuple[int, bytes]:
        """Kind and payload of the answer; the server may say in between that it leaves."""
        while True:
            length, _, kind, _ = HEADER.unpack(_exactly(self._socket, HEADER.size))
            if length > MAX_FRAME:
                raise Unavailable("malformed frame header")
            payload = _exactly(self._socket, length)
            if kind != Kind.LEAVING:
                return kind, payload


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        data = connection.recv(size - len(received))
        if not data:
            raise ConnectionResetError("lost connection")
        received += data
    return bytes(received)
