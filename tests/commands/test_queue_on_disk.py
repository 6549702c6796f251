"""mailq of root, who sees what lies on the disk; others are told by who keeps it, or nothing."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager, serving
from memory_journal import MemoryJournal
from postroom.commands.queue import on_disk, submitted
from postroom.contracts.showq import Page
from postroom.contracts.submitted import CONTRACT as SUBMITTED
from postroom.mail.envelope import Envelope, Recipient, Submitter
from postroom.mail.queue_id import format_queue_id
from postroom.maillog.pickup import PickupLog
from postroom.reception.pickup.listing import Listing
from postroom.spool.maildrop import Drop, DropWriter
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage
from postroom.tables.user_list import UserList, login_of

CONTENT = b"Subject: test\r\n\r\nHello\r\n"
ENVELOPE = Envelope("me@x.test", (Recipient("a@x.test"), Recipient("b@x.test")), 1_700_000_000.0)
ACTIVE, DEFERRED, HELD = (format_queue_id(0x1000000000000 + number) for number in range(3))


async def _fill(directory: Path) -> None:
    spool = Spool(directory, lambda _: None)
    waiting = State(ENVELOPE, ("", "connect to x.test: refused"))
    for queue_id in (ACTIVE, DEFERRED, HELD):
        stored: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
        spool.add(queue_id, ENVELOPE, CONTENT, stored.set_result)
        message = await stored
        assert message is not None
        if queue_id == ACTIVE:
            message.recipients_done((0,))
        else:
            queue = spool.deferred if queue_id == DEFERRED else spool.hold
            await message.wait(queue, waiting, 1_700_000_300.0)
    await spool.close(spool.highest)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A message of each kind: on its way, deferred, held, and submitted only."""
    monkeypatch.setattr(on_disk, "directory", lambda: tmp_path / "queue")
    monkeypatch.setattr(submitted, "directory", lambda: tmp_path / "drop")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "queue").mkdir()
    asyncio.run(_fill(tmp_path / "queue"))
    maildrop = tmp_path / "drop/maildrop"
    maildrop.mkdir(parents=True)
    writer = DropWriter(maildrop)
    writer.write(b"Subject: x\n\n")
    writer.commit(Drop("alice", (Recipient("bob"),), Submitter(1000, "alice"), 1.8e9), "0001")
    writer.close()
    left = tmp_path / "drop/open"
    left.mkdir()
    (left / "0002").write_text("by a user")
    (left / "0003").symlink_to("/etc/passwd")
    (left / "\x1b[2J").write_text("a name that does something to a terminal")
    return tmp_path


def files(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_root_sees_every_message_and_changes_none(typed: Any, disk: Path) -> None:
    before = files(disk)
    code, out, err = typed("postqueue", "-j")
    assert (code, files(disk)) == (0, before)
    assert "Mail system is down -- accessing queue directly" in err
    entries = [json.loads(line) for line in out.splitlines()]
    assert [(entry["queue_name"], entry["queue_id"]) for entry in entries] == [
        ("maildrop", "0001"),
        ("maildrop", "0002"),
        ("active", ACTIVE),
        ("deferred", DEFERRED),
        ("hold", HELD),
    ]
    assert [one["address"] for one in entries[2]["recipients"]] == ["b@x.test"]
    assert entries[3]["recipients"][1]["delay_reason"] == "connect to x.test: refused"
    assert {entry["message_size"] for entry in entries[2:]} == {len(CONTENT)}


def test_mailq_lists_them_as_ever(typed: Any, disk: Path) -> None:
    assert disk.exists()
    code, out, _ = typed("postqueue", "-p")
    assert code == 0
    assert f"{ACTIVE}*" in out
    assert f"{HELD}!" in out
    assert out.splitlines()[-1] == "-- 0 Kbytes in 5 Requests."


def test_qshape_counts_them_as_ever(typed: Any, disk: Path) -> None:
    assert disk.exists()
    code, out, err = typed("qshape", "active", "deferred", "hold")
    assert (code, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["TOTAL", "5"], ["x.test", "5"]]


def test_other_users_are_told_that_it_is_down(
    typed: Any, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disk.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "mail system is down" in typed("qshape").err
    code, out, err = typed("postqueue", "-p")
    assert (code, out) == (69, "")
    assert "Queue report unavailable - mail system is down" in err


def test_what_pickup_has_not_taken_is_listed_while_it_runs(typed: Any, disk: Path) -> None:
    with queue_manager(disk, lambda _: Page(())):
        code, out, err = typed("postqueue", "-j")
    assert (code, err) == (0, "")
    assert {json.loads(line)["queue_name"] for line in out.splitlines()} == {"maildrop"}


@pytest.fixture
def pickup(disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The mail system runs, with an empty queue; root is not who calls."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(submitted, "directory", lambda: disk / "no business of his")
    listing = Listing(disk / "drop", UserList(["static:anyone"]), PickupLog(MemoryJournal()))
    with (
        queue_manager(disk, lambda _: Page(())),
        serving(disk, {SUBMITTED: listing.answerer_for}),
    ):
        yield disk


def test_a_user_is_told_what_is_in_the_maildrop(typed: Any, pickup: Path) -> None:
    assert pickup.exists()
    code, out, err = typed("postqueue", "-j")
    assert (code, err) == (0, "")
    dropped, left = map(json.loads, out.splitlines())
    assert dropped == {
        "queue_name": "maildrop",
        "queue_id": "0001",
        "arrival_time": 1_800_000_000,
        "message_size": 12,
        "forced_expire": False,
        "sender": "alice",
        "recipients": [{"address": "bob"}],
    }
    assert (left["queue_id"], left["message_size"], left["recipients"]) == ("0002", 9, [])
    assert left["sender"] == login_of(os.getuid())


def test_users_see_the_queue_where_pickup_does_not_answer(
    typed: Any, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with queue_manager(disk, lambda _: Page(())):
        assert typed("postqueue", "-p") == (0, "Mail queue is empty\n", "")
        (disk / "submitted").touch()
        code, out, err = typed("postqueue", "-p")
    assert (code, out) == (0, "Mail queue is empty\n")
    assert err.startswith("postqueue: warning: the maildrop is not listed: cannot ask submitted: ")
