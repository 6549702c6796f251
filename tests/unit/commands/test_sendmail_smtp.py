"""``sendmail -bs`` is an SMTP server on standard input whose mail is the calling user's."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.commands import sendmail_smtp
from postroom.commands.sendmail_smtp import Session
from postroom.commands.submission import Refused
from postroom.config.configuration import load
from postroom.contracts.postdrop import Request
from postroom.esmtp.extensions import Extensions


def converse(text: bytes, extensions: Extensions = sendmail_smtp._EXTENSIONS) -> bytes:
    source, feeder = os.pipe()
    reader, sink = os.pipe()
    writing = threading.Thread(target=lambda: (os.write(feeder, text), os.close(feeder)))
    writing.start()
    Session(source, sink, "mail.test", extensions).run()
    writing.join()
    os.close(sink)
    os.close(source)
    with os.fdopen(reader, "rb") as replies:
        return replies.read()


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Request, bytes]]:
    messages: list[tuple[Request, bytes]] = []

    def submit(request: Request, content: Iterator[bytes]) -> None:
        messages.append((request, b"".join(content)))

    monkeypatch.setattr(sendmail_smtp, "submit", submit)
    return messages


DIALOGUE = (
    b"EHLO me\r\nMAIL FROM:<a@x.test> RET=HDRS\r\nRCPT TO:<b@x.test>\r\nRCPT TO:<c@x.test>\r\n"
    b"DATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\n"
)


def test_a_pipelined_session_submits_its_message(submitted: list[tuple[Request, bytes]]) -> None:
    replies = converse(DIALOGUE + b"QUIT\r\n")
    ((request, content),) = submitted
    assert (request.sender, request.recipients) == ("a@x.test", ("b@x.test", "c@x.test"))
    assert request.ret == "HDRS"
    assert content == b"Subject: x\n\n.dot\n"
    assert replies.startswith(b"220 mail.test ")
    assert replies.endswith(b"250 2.0.0 Ok: queued\r\n221 2.0.0 Bye\r\n")


def test_lines_may_end_as_they_do_on_this_system(submitted: list[tuple[Request, bytes]]) -> None:
    replies = converse(DIALOGUE.replace(b"\r\n", b"\n") + b"QUIT\n")
    ((_, content),) = submitted
    assert content == b"Subject: x\n\n.dot\n"
    assert replies.endswith(b"250 2.0.0 Ok: queued\r\n221 2.0.0 Bye\r\n")


def test_two_messages_do_not_mix(submitted: list[tuple[Request, bytes]]) -> None:
    converse(DIALOGUE + b"MAIL FROM:<>\r\nRCPT TO:<d@x.test>\r\nDATA\r\n2\r\n.\r\n")
    assert [request.recipients for request, _ in submitted] == [
        ("b@x.test", "c@x.test"),
        ("d@x.test",),
    ]
    assert submitted[1][0].sender == ""
    assert submitted[1][0].ret == ""


def test_a_program_that_hangs_up_in_its_message_submits_nothing(
    submitted: list[tuple[Request, bytes]],
) -> None:
    converse(DIALOGUE.removesuffix(b".\r\n"))
    assert submitted == []


def test_a_refusal_is_an_smtp_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request, content: Iterator[bytes]) -> None:
        raise Refused("5.3.4", "message file too big")

    monkeypatch.setattr(sendmail_smtp, "submit", refuse)
    assert b"\r\n554 5.3.4 message file too big\r\n" in converse(DIALOGUE)


@pytest.mark.parametrize(
    ("clients", "verp"), [("", ""), ("localhost", "-="), ("127.0.0.0/8", "-=")]
)
def test_return_paths_vary_for_programs_of_a_machine_that_may_ask(
    submitted: list[tuple[Request, bytes]],
    tmp_path: Path,
    clients: str,
    verp: str,
) -> None:
    (tmp_path / "master.cf").write_text("")
    (tmp_path / "main.cf").write_text(
        f"smtpd_authorized_verp_clients = {clients}\ndefault_verp_delimiters = -=\n"
    )
    extensions = sendmail_smtp._extensions(load(tmp_path))
    replies = converse(DIALOGUE.replace(b"RET=HDRS", b"XVERP") + b"QUIT\r\n", extensions)
    assert (b"250-XVERP\r\n" in replies) is bool(verp)
    assert [request.verp for request, _ in submitted] == ([verp] if verp else [])
