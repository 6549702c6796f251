"""postqueue(1), as mailq calls it; texts and codes are Postfix's."""

import json
import os
import time
from pathlib import Path
from pwd import getpwuid
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.commands.queue import sites
from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import (
    Entry,
    Flush,
    FlushMessage,
    FlushSite,
    List,
    NotAllowed,
    Page,
    QueueName,
    WaitingRecipient,
)

ARRIVAL = 1_700_000_000.0
ACTIVE = Entry("6553F10000001", QueueName.ACTIVE, ARRIVAL, 1500, "", (WaitingRecipient("a@b.c"),))
DEFERRED = Entry(
    "6553F10000002",
    QueueName.DEFERRED,
    ARRIVAL,
    700,
    "me@example.org",
    (
        WaitingRecipient("x@example.com", "connect to example.com: refused"),
        WaitingRecipient("y@example.com", "connect to example.com: refused"),
        WaitingRecipient("z@example.net", "busy"),
    ),
)
HELD = Entry("6553F10000003", QueueName.HOLD, ARRIVAL, 1, "h@b.c", (WaitingRecipient("z@b.c"),))
DOOMED = Entry("6553F10000004", QueueName.HOLD, ARRIVAL, 1, "h@b.c", (), forced_expire=True)


@pytest.fixture(autouse=True)
def _flushed_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.cf").write_text("fast_flush_domains = a.example, example.com, [192.0.2.1]\n")
    (tmp_path / "master.cf").touch()
    monkeypatch.setattr(sites, "configuration_directory", lambda: str(tmp_path))


def test_of_an_empty_queue_sendmail_s_words_are_said_and_no_json(
    typed: Any, tmp_path: Path
) -> None:
    with queue_manager(tmp_path, lambda _: Page(())):
        assert typed("postqueue", "-p") == (0, "Mail queue is empty\n", "")
        assert typed("postqueue", "-j") == (0, "", "")


def test_list_looks_as_sendmails_over_all_pages(typed: Any, tmp_path: Path) -> None:
    pages = {
        0: Page((ACTIVE, DEFERRED), following=2),
        2: Page((HELD, DOOMED)),
    }

    def answer(question: Any) -> Page:
        assert isinstance(question, List)
        return pages[question.start]

    with queue_manager(tmp_path, answer):
        code, out, err = typed("postqueue", "-p")
    when = time.ctime(ARRIVAL)[:19]
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------",
        f"6553F10000001*        1500 {when} MAILER-DAEMON",
        " " * 47 + "a@b.c",
        "",
        f"6553F10000002          700 {when} me@example.org",
        " " * 45 + "(connect to example.com: refused)",
        " " * 47 + "x@example.com",
        " " * 47 + "y@example.com",
        " " * 72 + "(busy)",
        " " * 47 + "z@example.net",
        "",
        f"6553F10000003!           1 {when} h@b.c",
        " " * 47 + "z@b.c",
        "",
        f"6553F10000004!#          1 {when} h@b.c",
        "",
        "-- 2 Kbytes in 4 Requests.",
    ]


def test_json_has_a_line_per_message(typed: Any, tmp_path: Path) -> None:
    with queue_manager(tmp_path, lambda _: Page((ACTIVE, DEFERRED))):
        lines = typed("postqueue", "-j").out.splitlines()
    assert lines[0] == (
        '{"queue_name": "active", "queue_id": "6553F10000001", "arrival_time": 1700000000, '
        '"message_size": 1500, "forced_expire": false, "sender": "MAILER-DAEMON", '
        '"recipients": [{"address": "a@b.c"}]}'
    )
    assert json.loads(lines[1])["recipients"][2] == {
        "address": "z@example.net",
        "delay_reason": "busy",
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [(("-p",), "view"), (("-j",), "view"), (("-f",), "flush"), (("-s", "a.example"), "flush")],
)
def test_who_is_not_allowed_is_told_so(
    typed: Any, tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    user = f"{getpwuid(os.getuid()).pw_name}({os.getuid()})"
    with queue_manager(tmp_path, lambda _: NotAllowed()):
        assert typed("postqueue", *arguments) == (
            69,
            "",
            f"postqueue: fatal: User {user} is not allowed to {text} the mail queue\n",
        )


def test_an_id_of_another_form_is_nobody_s(typed: Any) -> None:
    assert typed("postqueue", "-i", "NOPE") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        (("-f",), Flush()),
        (("-c", "/etc/postroom", "-i", "6553F10000001"), FlushMessage("6553F10000001")),
        (("-sexample.com",), FlushSite("example.com")),
        (("-s", "[192.0.2.1]"), FlushSite("[192.0.2.1]")),
    ],
)
def test_flush_asks_for_what_was_named(
    typed: Any, tmp_path: Path, arguments: tuple[str, ...], question: object
) -> None:
    asked: list[object] = []

    def answer(question: object) -> Ready:
        asked.append(question)
        return Ready()

    with queue_manager(tmp_path, answer):
        assert typed("postqueue", *arguments) == (0, "", "")
    assert asked == [question]


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ((), 69, "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p"),
        (("-f", "x"), 69, "usage: postqueue"),
        (("-i", "../x"), 69, 'Cannot flush queue ID - invalid name: "../x"'),
        (("-p", "-f"), 69, "usage: postqueue"),
        (("-s", "a b"), 69, 'Cannot flush mail queue - invalid destination: "a b"'),
        (("-s", "[::1]"), 69, 'Cannot flush mail queue - invalid destination: "[::1]"'),
        (("-s", "192.0.2.1"), 69, 'Cannot flush mail queue - invalid destination: "192.0.2.1"'),
        (("-s", "b.example"), 69, 'Flush service is not configured for destination "b.example"'),
        (("-s", "[192.0.2.2]"), 69, 'Flush service is not configured for destination "[192.0.2.2]'),
        (("-s", "a.example"), 69, "Cannot flush mail queue - mail system is down"),
        (("-f",), 69, "Cannot flush mail queue - mail system is down"),
        (("-p",), 69, "Queue report unavailable - mail system is down"),
    ],
)
def test_what_cannot_be_done_is_said_with_postfix_s_code(
    typed: Any, arguments: tuple[str, ...], code: int, text: str
) -> None:
    result = typed("postqueue", *arguments)
    assert result.code == code
    assert result.err.startswith(f"postqueue: fatal: {text}")
