"""Ask a single question where there is no event loop, or none to wait with: a call that blocks."""

import socket
import struct
from typing import TypeVar

import msgspec

from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.wire import HEADER, MAX_FRAME, Kind

A = TypeVar("A")


def ask(path: str, contract: Contract, question: Question[A], timeout: float) -> A:
    """The answer of whoever serves ``contract`` at ``path``; raises Unavailable.

    The connection lasts for this question. ``timeout``: seconds for each step of it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(path)
            payload = msgspec.msgpack.encode(question)
            connection.sendall(HEADER.pack(len(payload), 0, Kind.QUESTION, 0) + payload)
            kind, answer = _frame(connection)
        except (OSError, struct.error) as error:
            raise Unavailable(f"cannot ask {contract.name}: {error}") from None
    if kind != Kind.ANSWER:
        raise Unavailable(answer.decode("utf-8", "replace"))
    try:
        decoded: A = contract.decode_answer(type(question), answer)
    except BrokenContract as error:
        raise Unavailable(str(error)) from None
    return decoded


def _frame(connection: socket.socket) -> tuple[int, bytes]:
    """Kind and payload of the answer; the server may say in between that it leaves."""
    while True:
        length, _, kind, _ = HEADER.unpack(_exactly(connection, HEADER.size))
        if length > MAX_FRAME:
            raise Unavailable("malformed frame header")
        payload = _exactly(connection, length)
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
