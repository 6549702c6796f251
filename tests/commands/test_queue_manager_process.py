"""The commands, and the queue manager itself at the other end of its sockets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.qmgr_process import put, qmgr_process
from postroom.mail.envelope import Envelope, Recipient
from postroom.spool.queue_file import State

CONTENT = b"Subject: test\r\n\r\nHello\r\n"
FIRST = 1_700_000_000_000_000
COUNT = 1200


@pytest.fixture
def queue(typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ids of COUNT messages that wait, the oldest first; the last is on hold."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    ids = []
    for number in range(FIRST, FIRST + COUNT):
        to = Recipient(f"user{number % 3}@{'abc'[number % 3]}.example")
        state = State(Envelope("me@example.org", (to,), number / 1e6), ("busy",))
        name = "hold" if number == FIRST + COUNT - 1 else "deferred"
        ids.append(put(tmp_path / "spool" / name, number, CONTENT, state))
    with qmgr_process(tmp_path, tmp_path / "spool"):
        yield ids


def test_every_message_is_listed_once_the_oldest_first(typed: Any, queue: list[str]) -> None:
    code, out, err = typed("postqueue", "-p")
    assert (code, err) == (0, "")
    assert re.findall(r"^([0-9A-F]+)!? ", out, re.MULTILINE) == queue
    assert f"\n{queue[-1]}! " in out
    assert out.endswith(f"\n-- {COUNT * len(CONTENT) // 1024} Kbytes in {COUNT} Requests.\n")
    assert typed("postqueue", "-j").out.count("\n") == COUNT


def test_what_is_done_to_messages_is_seen_at_once(typed: Any, queue: list[str]) -> None:
    one, two = queue[0], queue[1]
    assert typed("postsuper", "-h", one, "-d", two).err.splitlines() == [
        f"postsuper: {one}: placed on hold",
        f"postsuper: {two}: removed",
        "postsuper: Deleted: 1 message",
        "postsuper: Placed on hold: 1 message",
    ]
    listed = typed("postqueue", "-p").out
    assert f"\n{one}! " in listed
    assert two not in listed
    assert typed("postcat", "-bq", one).out == "\nHello\n"
    assert typed("postcat", "-q", two).code == 1


def test_what_is_done_to_all_is_done_on_the_disk(
    typed: Any, queue: list[str], tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    assert typed("postsuper", "-h", "ALL").err == (
        f"postsuper: Placed on hold: {COUNT - 1} messages\n"
    )
    assert sorted(path.name for path in (spool / "hold").iterdir()) == queue
    assert typed("postsuper", "-e", "ALL", "-H", "ALL").err.splitlines() == [
        f"postsuper: Force-expired: {COUNT} messages",
        f"postsuper: Released from hold: {COUNT} messages",
    ]
    assert typed("postqueue", "-p").out.count("#") == COUNT
    assert typed("postsuper", "-d", "ALL").err == f"postsuper: Deleted: {COUNT} messages\n"
    assert typed("postqueue", "-p").out == "Mail queue is empty\n"
    assert list((spool / "deferred").iterdir()) == []


@pytest.mark.usefixtures("queue")
def test_qshape_counts_what_waits_by_domain(typed: Any) -> None:
    lines = typed("qshape", "deferred", "hold").out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["TOTAL", str(COUNT)],
        *([f"{letter}.example", str(COUNT // 3)] for letter in "abc"),
    ]
