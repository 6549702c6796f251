"""postsuper -r: whatever happens, a message is in the queue at least once."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import listening, queue_manager
from postroom import instance
from postroom.commands.queue.changes import MANAGED
from postroom.contracts import cleanup
from postroom.contracts.cleanup import LeaseIds, Queued, Ready, Refused
from postroom.contracts.queue_admin import Action, Apply, Done, Find, Message, NotFound, Take
from postroom.contracts.showq import Entry, QueueName
from postroom.ipc.server import Server, WithDescriptors
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import QueueIdRange
from postroom.systemd.activity import Activity

ONE, TWO, NEW = "6553F10000001", "6553F10000002", "000000000ABCD"
ENVELOPE = Envelope("me@example.org", (Recipient("you@example.com", "you"),), 1_700_000_000.0)
EVERY = MANAGED


@pytest.fixture(autouse=True)
def superuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)


class Manager:
    """Has one message, in ``queue``, and keeps what is done to it."""

    def __init__(self, queue: QueueName, content: bytes) -> None:
        self._queue = queue
        self._content = content
        self.done: list[Any] = []

    def __call__(self, question: Any) -> object:
        if isinstance(question, Find):
            return Done((ONE,) if not question.after else ())
        if question == Take(ONE, EVERY):
            descriptor = os.memfd_create("content")
            os.write(descriptor, self._content)
            entry = Entry(ONE, self._queue, 0.0, len(self._content), "me@example.org", ())
            return WithDescriptors(Message(entry, ENVELOPE, len(self._content), 0), (descriptor,))
        if isinstance(question, Take):
            return NotFound()
        self.done.append(question)
        return Done(question.queue_ids)


@contextmanager
def cleanup_that(run: Path, judge: Callable[[Any], object]) -> Iterator[list[Any]]:
    """Serve cleanup in a thread; gives the questions."""
    asked: list[Any] = []

    async def answer(question: Any, _: list[int]) -> object:
        if isinstance(question, LeaseIds):
            return QueueIdRange(0xABCD, 10)
        asked.append(question)
        return judge(question)

    async def serve(listener: Any) -> Server:
        return Server(listener, cleanup.CONTRACT, lambda _: answer, Activity())

    with listening(run, cleanup.CONTRACT) as listener:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(serve(listener), loop).result()
        try:
            yield asked
        finally:
            loop.call_soon_threadsafe(server.close)
            loop.call_soon_threadsafe(server.disconnect)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


def takes(question: Any) -> object:
    if isinstance(question, cleanup.Begin | cleanup.Chunk):
        return Ready()
    return Queued(question.queue_id)


def test_a_message_passes_cleanup_and_is_removed(typed: Any, tmp_path: Path) -> None:
    manager = Manager(QueueName.DEFERRED, b"Subject: x\r\n\r\nbody\r\n")
    with queue_manager(tmp_path, manager), cleanup_that(tmp_path, takes) as asked:
        result = typed("postsuper", "-r", ONE, "-r", TWO)
    assert result.err == f"postsuper: {ONE}: requeued\npostsuper: Requeued: 1 message\n"
    assert asked == [cleanup.Submit(NEW, ENVELOPE, b"Subject: x\r\n\r\nbody\r\n")]
    assert manager.done == [Apply(Action.DELETE, (ONE,), (QueueName.HOLD,))]


@pytest.mark.parametrize(
    ("override", "expected"), [("", "scan:new"), ("    -o content_filter=\n", "")]
)
def test_a_content_filter_is_what_the_configuration_has_now(
    typed: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    override: str,
    expected: str,
) -> None:
    """FILTER_README tells to requeue all mail when a filter was set up or taken away."""
    (tmp_path / "main.cf").write_text(
        "compatibility_level = 3.6\ncontent_filter = scan:new\n"
        "receive_override_options = no_address_mappings\n"
    )
    (tmp_path / "master.cf").write_text(f"pickup unix n - n 60 1 pickup\n{override}")
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    manager = Manager(QueueName.DEFERRED, b"\r\nbody\r\n")
    with queue_manager(tmp_path, manager), cleanup_that(tmp_path, takes) as asked:
        typed("postsuper", "-r", ONE)
    (question,) = asked
    assert question.envelope.filter == expected
    assert question.handling == cleanup.Handling(mappings=False)


def test_all_are_counted_and_not_named(typed: Any, tmp_path: Path) -> None:
    manager = Manager(QueueName.HOLD, b"\r\nbody\r\n")
    with queue_manager(tmp_path, manager), cleanup_that(tmp_path, takes):
        assert typed("postsuper", "-r", "ALL").err == "postsuper: Requeued: 1 message\n"


def test_a_large_message_goes_in_pieces(typed: Any, tmp_path: Path) -> None:
    content = b"\r\n" + b"x" * 200_000 + b"\r\n"
    manager = Manager(QueueName.DEFERRED, content)
    with queue_manager(tmp_path, manager), cleanup_that(tmp_path, takes) as asked:
        typed("postsuper", "-r", ONE)
    pieces = [question.data for question in asked if isinstance(question, cleanup.Chunk)]
    assert b"".join(pieces) == content


@pytest.mark.parametrize(
    ("queue", "back"),
    [
        (QueueName.DEFERRED, [Apply(Action.RELEASE, (ONE,), (QueueName.HOLD,))]),
        (QueueName.ACTIVE, [Apply(Action.RELEASE, (ONE,), (QueueName.HOLD,))]),
        (QueueName.HOLD, []),
    ],
)
def test_what_cleanup_refuses_is_put_back_where_it_was(
    typed: Any, tmp_path: Path, queue: QueueName, back: list[Apply]
) -> None:
    manager = Manager(queue, b"\r\nbody\r\n")
    refused = Refused(554, "5.4.0", "Error: too many hops")
    with queue_manager(tmp_path, manager), cleanup_that(tmp_path, lambda _: refused):
        result = typed("postsuper", "-r", ONE)
    assert result.err.splitlines() == [
        f"postsuper: warning: {ONE}: not requeued: Error: too many hops",
        "postsuper: Requeued: 0 messages",
    ]
    assert manager.done == back


def test_without_cleanup_a_message_is_put_back(typed: Any, tmp_path: Path) -> None:
    manager = Manager(QueueName.DEFERRED, b"\r\nbody\r\n")
    with queue_manager(tmp_path, manager):
        code, _, err = typed("postsuper", "-r", ONE)
    assert code == 1
    assert "cannot connect" in err
    assert manager.done == [Apply(Action.RELEASE, (ONE,), (QueueName.HOLD,))]
