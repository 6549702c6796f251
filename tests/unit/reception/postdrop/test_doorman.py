"""Whoever comes to postdrop while it leaves has an answer, or finds its successor."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts.postdrop import LET_IN
from postroom.reception.postdrop import doorman
from postroom.reception.postdrop.doorman import Doorman
from postroom.systemd.activity import Activity


class Answering:
    """Takes a moment for each caller."""

    async def serve(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
        await asyncio.sleep(0.01)
        writer.write(b"answer")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        listening.setblocking(False)
        yield listening


@pytest.fixture
def caller() -> Iterator[socket.socket]:
    """Connects when it is told to."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.setblocking(False)
        yield sock


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("asked_to", [True, False], ids=["asked to leave", "idle"])
def test_nobody_who_was_let_in_goes_without_an_answer(
    listener: socket.socket, caller: socket.socket, turns: int, asked_to: bool
) -> None:
    """In whichever turn of the event loop it becomes time to leave."""
    session: Any = Answering()

    async def answered() -> bytes:
        activity = Activity()
        door = Doorman(session, activity, listener)
        caller.connect(listener.getsockname())
        for _ in range(turns):
            await asyncio.sleep(0)
        if asked_to:
            activity.leave()
        await activity.idle(0)
        door.leave()
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return caller.recv(100)
        return b"of the successor"

    assert asyncio.run(answered()) in (LET_IN + b"answer", b"of the successor")


def test_who_has_no_descriptor_left_lets_callers_in_a_moment_later(
    listener: socket.socket, caller: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorman, "_PAUSE", 0.01)
    session: Any = Answering()
    refusing: Any = Refusing(listener)

    async def answer() -> bytes:
        door = Doorman(session, Activity(), refusing)
        caller.connect(listener.getsockname())
        found = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(caller, 100), 5)
        door.leave()
        return found

    assert asyncio.run(answer()) == LET_IN
    assert refusing.refused == 1


class Refusing:
    """A listener whose process has too many files open, once."""

    def __init__(self, listener: socket.socket) -> None:
        self.refused = 0
        self.fileno = listener.fileno
        self._listener = listener

    def accept(self) -> tuple[socket.socket, object]:
        if not self.refused:
            self.refused += 1
            raise OSError(24, "Too many open files")
        return self._listener.accept()
