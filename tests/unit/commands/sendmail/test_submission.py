"""How sendmail hands a message to postdrop: when it connects, and what it sends."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.commands.sendmail import open_maildrop, submission
from postroom.commands.sendmail.submission import Unreachable, submit
from postroom.contracts.postdrop import LET_IN, Request, netstring

REQUEST = Request(recipients=("bob",))


class Postdrop:
    """Listens; from ``serve`` on it takes one message."""

    def __init__(self, path: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.frames: list[bytes] = []
        self.answers = True
        self._serving = threading.Thread(target=self._take)

    def is_called(self) -> bool:
        self.listener.setblocking(False)
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        finally:
            self.listener.setblocking(True)
        return True

    def turn_away(self) -> None:
        """What becomes of those who wait when the socket is restarted."""
        self.listener.accept()[0].close()

    def serve(self) -> None:
        self._serving.start()

    def gone(self) -> None:
        self._serving.join()

    def _take(self) -> None:
        caller = self.listener.accept()[0]
        with caller, caller.makefile("rb") as file:
            caller.sendall(LET_IN)
            data = file.read()
            while data:
                length, _, data = data.partition(b":")
                self.frames.append(data[: int(length)])
                data = data[int(length) + 1 :]
            if self.answers:
                caller.sendall(netstring(b"2.0.0 queued"))


@pytest.fixture
def postdrop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postdrop]:
    path = tmp_path / "postdrop"
    monkeypatch.setattr(submission, "socket_path", lambda: str(path))
    monkeypatch.setattr(open_maildrop, "is_open", lambda: False)
    there = Postdrop(path)
    yield there
    there.listener.close()


def test_nobody_is_called_before_a_message_is_written(postdrop: Postdrop) -> None:
    """cron starts sendmail at a job's first word, and postdrop may restart before its last."""
    called = []

    def content() -> Iterator[bytes]:
        yield b"Subject: x\n\n"
        called.append(postdrop.is_called())
        yield b"later\n"
        called.append(postdrop.is_called())
        postdrop.serve()

    submit(REQUEST, content())
    postdrop.gone()
    assert called == [False, False]
    assert postdrop.frames[1:] == [b"Subject: x\n\nlater\n", b""]


def test_a_message_of_any_size_arrives_as_it_is(
    postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a large one is sent while it is read."""
    monkeypatch.setattr(submission, "_AHEAD", 200_000)
    pieces = [bytes([number]) * 60_000 for number in range(1, 10)]
    postdrop.serve()
    submit(REQUEST, iter(pieces))
    postdrop.gone()
    assert b"".join(postdrop.frames[1:]) == b"".join(pieces)
    assert max(map(len, postdrop.frames)) <= 65_536


def test_a_caller_to_whom_nobody_listened_calls_again(postdrop: Postdrop) -> None:
    """Whole, as long as the message may be; the socket is restarted while he waits."""
    message = [b"Subject: x\n\n", b"y" * 5_000_000]

    def restart() -> None:
        for _ in range(2):
            postdrop.turn_away()
        postdrop.serve()

    restarting = threading.Thread(target=restart)
    restarting.start()
    submit(REQUEST, iter(message))
    restarting.join()
    postdrop.gone()
    assert b"".join(postdrop.frames[1:]) == b"".join(message)


def test_a_caller_who_was_heard_and_has_no_answer_does_not_call_again(postdrop: Postdrop) -> None:
    """The message may be there: nobody gets it twice."""
    postdrop.answers = False
    postdrop.serve()
    with pytest.raises(Unreachable, match="no answer"):
        submit(REQUEST, iter([b"Subject: x\n\n"]))
    postdrop.gone()
    assert not postdrop.is_called()


def test_input_that_cannot_be_read_is_told(postdrop: Postdrop) -> None:
    def content() -> Iterator[bytes]:
        yield b"Subject: x\n"
        raise IsADirectoryError(21, "Is a directory")

    with pytest.raises(Unreachable, match="Is a directory"):
        submit(REQUEST, content())
    assert not postdrop.is_called()
