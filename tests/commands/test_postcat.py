"""postcat(1)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.contracts.queue_admin import Message, NotFound, Read
from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.ipc.server import WithDescriptors
from postroom.mail.envelope import Envelope, Recipient
from postroom.spool.queue_file import State, whole_file

CONTENT = b"Subject: test\r\nMessage-Id: <1@example.org>\r\n\r\nHello\r\n..dot\r\n"
RECIPIENTS = (Recipient("you@example.com", "you"),)
ENVELOPE = Envelope(
    "me@example.org", RECIPIENTS, 1_700_000_000.0, filter="scan:[127.0.0.1]:9", verp="+="
)
ID = "6553F10000001"


@pytest.fixture
def answer() -> Any:
    def work(question: Any) -> object:
        if question != Read(ID):
            return NotFound()
        descriptor = os.memfd_create("content")
        os.write(descriptor, b"prefix" + CONTENT)
        waiting = (WaitingRecipient("you@example.com", "busy"),)
        entry = Entry(ID, QueueName.DEFERRED, 0.0, len(CONTENT), "me@example.org", waiting)
        return WithDescriptors(Message(entry, ENVELOPE, len(CONTENT), 6), (descriptor,))

    return work


def test_whole_message_by_id(typed: Any, tmp_path: Path, answer: Any) -> None:
    with queue_manager(tmp_path, answer):
        code, out, err = typed("postcat", "-q", ID)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"*** ENVELOPE RECORDS deferred/{ID} ***"
    sender = lines.index("sender: me@example.org")
    assert lines[sender + 1] == "verp_delimiters: +="
    assert lines[4] == "content_filter: scan:[127.0.0.1]:9"
    start = lines.index(f"*** MESSAGE CONTENTS deferred/{ID} ***")
    assert lines[start - 3 : start] == [
        "original_recipient: you",
        "recipient: you@example.com",
        "delay_reason: busy",
    ]
    assert lines[start + 1 :] == [
        "Subject: test",
        "Message-Id: <1@example.org>",
        "",
        "Hello",
        ".dot",
        f"*** HEADER EXTRACTED deferred/{ID} ***",
        "named_attribute: message_id=<1@example.org>",
        f"*** MESSAGE FILE END deferred/{ID} ***",
    ]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("-qb", "\nHello\n.dot\n"),
        ("-qh", "Subject: test\nMessage-Id: <1@example.org>\n"),
        ("-qbh", "Subject: test\nMessage-Id: <1@example.org>\n\nHello\n.dot\n"),
    ],
)
def test_options_choose_which_parts_of_a_message_are_shown(
    typed: Any, tmp_path: Path, answer: Any, options: str, shown: str
) -> None:
    with queue_manager(tmp_path, answer):
        assert typed("postcat", options, ID) == (0, shown, "")


def test_file_is_read_without_the_queue_manager(typed: Any, tmp_path: Path) -> None:
    path = tmp_path / ID
    path.write_bytes(whole_file(int(ID, 16), CONTENT, State(ENVELOPE, ("busy",))))
    out = typed("postcat", str(path)).out
    assert "recipient: you@example.com" in out.splitlines()
    assert "\nHello\n.dot\n" in out
    path.write_bytes(b"rubbish")
    text = f"postcat: warning: {path}: input is not a valid queue file\n"
    assert typed("postcat", str(path)) == (0, "", text)


def test_an_id_that_names_no_message_is_told_as_by_postfix(
    typed: Any, tmp_path: Path, answer: Any
) -> None:
    with queue_manager(tmp_path, answer):
        text = "postcat: fatal: open queue file 6553F10000009: No such file or directory\n"
        assert typed("postcat", "-q", "6553F10000009") == (1, "", text)
    text = "postcat: fatal: open queue file NOPE: No such file or directory\n"
    assert typed("postcat", "-q", "NOPE") == (1, "", text)
    assert typed("postcat", "-q", "../x") == (1, "", "postcat: fatal: bad mail queue ID: ../x\n")
    assert typed("postcat", "-q") == (0, "", "")


def test_records_show_their_offsets_types_and_names(
    typed: Any, tmp_path: Path, answer: Any
) -> None:
    with queue_manager(tmp_path, answer):
        out = typed("postcat", "-dovbq", ID).out
    assert out.splitlines() == [
        "       50  78 regular_text: ",
        "       52  78 regular_text: Hello",
        "       59  78 regular_text: .dot",
    ]


def test_a_line_of_any_length_is_shown_whole(typed: Any, tmp_path: Path) -> None:
    content = b"A: b\r\n\r\n.." + b"x" * 200_000 + b"\r\n..end\r\n"
    path = tmp_path / "copy"
    path.write_bytes(whole_file(int(ID, 16), content, State(ENVELOPE)))
    assert typed("postcat", "-b", str(path)).out == "\n." + "x" * 200_000 + "\n.end\n"


@pytest.fixture(params=["file", "pipe"])
def standard_input(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """A copy of a message's file in its place."""
    data = whole_file(int(ID, 16), CONTENT, State(ENVELOPE))
    if request.param == "file":
        (tmp_path / "copy").write_bytes(data)
        descriptor = os.open(tmp_path / "copy", os.O_RDONLY)
    else:
        descriptor, other_end = os.pipe()
        os.write(other_end, data)
        os.close(other_end)
    before = os.dup(0)
    os.dup2(descriptor, 0)
    yield
    os.dup2(before, 0)
    os.close(before)
    os.close(descriptor)


@pytest.mark.usefixtures("standard_input")
def test_a_message_on_the_standard_input_is_shown_even_through_a_pipe(typed: Any) -> None:
    code, out, err = typed("postcat")
    assert (code, err) == (0, "")
    assert out.startswith("*** ENVELOPE RECORDS stdin ***\n")
    assert "\nHello\n.dot\n" in out
