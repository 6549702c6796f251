"""postsuper and postcat of root while the mail system is stopped: the next start finds it done."""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from postroom.commands.queue import at_rest, on_disk, submitted
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.claim import claim
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

CONTENT = b"Subject: test\r\n\r\nHello\r\n"
LARGE_CONTENT = CONTENT + b"more\r\n" * 20_000
BOTH = ("a@x.test", "b@x.test")
ENVELOPE = Envelope("me@x.test", tuple(map(Recipient, BOTH)), 1_700_000_000.0)
IDS = [format_queue_id(0x1000000000000 + number) for number in range(4)]
SMALL, LARGE, DEFERRED, HELD = IDS


async def _fill(directory: Path) -> None:
    """Of what is under way the first recipient is served; what waits is not due for ever."""
    spool = Spool(directory, lambda _: None)
    for queue_id in (SMALL, DEFERRED, HELD):
        stored: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
        spool.add(queue_id, ENVELOPE, CONTENT, stored.set_result)
        message = await stored
        assert message is not None
        if queue_id == SMALL:
            message.recipients_done((0,))
        else:
            queue = spool.deferred if queue_id == DEFERRED else spool.hold
            await message.wait(queue, State(ENVELOPE, ("refused", "refused")), 4e9)
    incoming = spool.receive()
    writer = incoming.take_writer()
    os.write(writer, LARGE_CONTENT)
    os.close(writer)
    large = await spool.add_file(LARGE, ENVELOPE, incoming, len(LARGE_CONTENT))
    large.recipients_done((0,))
    await spool.close(spool.highest)


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two messages that were under way when all was stopped, one that waits, one on hold."""
    directory = tmp_path / "queue"
    directory.mkdir()
    monkeypatch.setattr(on_disk, "directory", lambda: directory)
    monkeypatch.setattr(submitted, "directory", lambda: tmp_path / "drop")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    asyncio.run(_fill(directory))
    return directory


Found = dict[str, tuple[str, tuple[str, ...], bool]]


def found_at_the_next_start(directory: Path) -> Found:
    """By queue id: where the message is, for whom, and whether it is expired."""

    async def look() -> Found:
        spool = Spool(directory, pytest.fail)
        found = {message.queue_id: _seen("active", message) for message in await spool.survivors()}
        for queue in (spool.deferred, spool.hold):
            for message in await spool.load(queue, queue.queue_ids()):
                found[message.queue_id] = _seen(queue.path.name, message)
        await spool.close(spool.highest)
        return found

    return asyncio.run(look())


def _seen(queue: str, message: StoredMessage) -> tuple[str, tuple[str, ...], bool]:
    state = message.state.without(message.done)
    return queue, tuple(one.address for one in state.envelope.recipients), state.expire


UNTOUCHED: Found = {
    SMALL: ("active", ("b@x.test",), False),
    LARGE: ("active", ("b@x.test",), False),
    DEFERRED: ("deferred", BOTH, False),
    HELD: ("hold", BOTH, False),
}


def test_all_that_is_queued_is_deleted(typed: Any, spool: Path) -> None:
    assert typed("postsuper", "-d", "ALL") == (0, "", "postsuper: Deleted: 4 messages\n")
    assert found_at_the_next_start(spool) == {}


@pytest.mark.parametrize("queue_id", IDS)
def test_one_is_deleted_and_no_other(typed: Any, spool: Path, queue_id: str) -> None:
    done = typed("postsuper", "-d", queue_id, "-d", "ABCDEF012345")
    assert done.err == f"postsuper: {queue_id}: removed\npostsuper: Deleted: 1 message\n"
    expected = {name: seen for name, seen in UNTOUCHED.items() if name != queue_id}
    assert found_at_the_next_start(spool) == expected


def test_what_is_put_on_hold_waits_for_whom_it_had_not_reached(typed: Any, spool: Path) -> None:
    done = typed("postsuper", "-h", "ALL")
    assert done.err == "postsuper: Placed on hold: 3 messages\n"
    assert found_at_the_next_start(spool) == {
        queue_id: ("hold", left, expired) for queue_id, (_, left, expired) in UNTOUCHED.items()
    }


def test_what_is_released_waits_as_before(typed: Any, spool: Path) -> None:
    assert typed("postsuper", "-H", "ALL").err == "postsuper: Released from hold: 1 message\n"
    assert found_at_the_next_start(spool) == UNTOUCHED | {HELD: ("deferred", BOTH, False)}


def test_what_is_expired_once_is_returned_at_the_next_start(typed: Any, spool: Path) -> None:
    done = typed("postsuper", "-e", SMALL, "-e", "ALL")
    assert done.err == f"postsuper: {SMALL}: expired\npostsuper: Force-expired: 4 messages\n"
    found = found_at_the_next_start(spool)
    assert all(expired for _, _, expired in found.values())
    assert found[SMALL] == found[LARGE] == ("deferred", ("b@x.test",), True)


@pytest.mark.parametrize(
    ("queue", "gone"),
    [("active", {SMALL, LARGE}), ("deferred", {DEFERRED}), ("hold", {HELD}), ("maildrop", set())],
)
def test_only_the_queues_named_are_looked_at(
    typed: Any, spool: Path, queue: str, gone: set[str]
) -> None:
    typed("postsuper", "-d", "ALL", queue)
    assert found_at_the_next_start(spool).keys() == UNTOUCHED.keys() - gone


@pytest.mark.parametrize("queue_id", IDS)
def test_every_message_is_shown(typed: Any, spool: Path, queue_id: str) -> None:
    shown = typed("postcat", "-q", queue_id)
    queue, left, _ = UNTOUCHED[queue_id]
    assert (shown.code, shown.err) == (0, "")
    assert f"*** ENVELOPE RECORDS {queue}/{queue_id} ***\n" in shown.out
    assert (
        tuple(
            line.removeprefix("recipient: ")
            for line in shown.out.splitlines()
            if line.startswith("recipient: ")
        )
        == left
    )
    assert "\nHello\n" in shown.out
    assert found_at_the_next_start(spool) == UNTOUCHED


@pytest.mark.usefixtures("spool")
def test_what_is_not_there_is_not_shown(typed: Any) -> None:
    shown = typed("postcat", "-q", "ABCDEF012345")
    assert shown.code == 1
    assert "open queue file ABCDEF012345: No such file or directory" in shown.err


def test_nothing_is_requeued_for_which_cleanup_would_be_needed(typed: Any, spool: Path) -> None:
    done = typed("postsuper", "-r", "ALL")
    assert (done.code, done.err.endswith("the mail system is stopped\n")) == (1, True)
    assert found_at_the_next_start(spool) == UNTOUCHED


def test_a_spool_that_somebody_is_at_work_on_is_left_alone(
    typed: Any, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_rest, "PATIENCE", 0.3)
    descriptor = claim(spool)
    try:
        done = typed("postsuper", "-d", "ALL")
    finally:
        os.close(descriptor)
    assert done.code == 1
    assert "another process is at work on it" in done.err
    assert found_at_the_next_start(spool) == UNTOUCHED


def test_a_queue_manager_that_is_about_to_end_is_waited_for(typed: Any, spool: Path) -> None:
    descriptor = claim(spool)
    ending = threading.Timer(0.5, os.close, [descriptor])
    ending.start()
    done = typed("postsuper", "-d", "ALL")
    ending.join()
    assert done == (0, "", "postsuper: Deleted: 4 messages\n")
