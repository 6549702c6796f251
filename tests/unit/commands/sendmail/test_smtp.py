"""``sendmail -bs`` is an SMTP server on standard input whose mail is the calling user's."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.commands.sendmail import session, smtp
from postroom.commands.sendmail.session import Session
from postroom.commands.sendmail.smtp import Settings, extensions
from postroom.commands.sendmail.submission import Refused
from postroom.config.configuration import load
from postroom.contracts.postdrop import Request
from postroom.esmtp.extensions import Extensions
from postroom.tables.user_list import login_of

OFFERED = Extensions(chunking=False)


def converse(text: bytes, offered: Extensions = OFFERED) -> bytes:
    source, feeder = os.pipe()
    reader, sink = os.pipe()
    writing = threading.Thread(target=lambda: (os.write(feeder, text), os.close(feeder)))
    writing.start()
    Session(source, sink, "mail.test", offered).run()
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

    monkeypatch.setattr(session, "submit", submit)
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


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("5.3.4", b"552 5.3.4 Error: message file too big"),
        ("5.7.1", b"451 4.3.0 Error: why"),
        ("4.3.1", b"451 4.3.1 Error: why"),
    ],
)
def test_a_refusal_is_an_smtp_reply(
    monkeypatch: pytest.MonkeyPatch, code: str, reply: bytes
) -> None:
    def refuse(request: Request, content: Iterator[bytes]) -> None:
        raise Refused(code, "why")

    monkeypatch.setattr(session, "submit", refuse)
    assert b"\r\n" + reply + b"\r\n" in converse(DIALOGUE)


def configured(directory: Path, main: str) -> Settings:
    (directory / "master.cf").write_text("")
    (directory / "main.cf").write_text(main)
    return load(directory).settings(Settings)


def test_what_is_offered_is_what_main_cf_says(tmp_path: Path) -> None:
    main = "message_size_limit = 1000\ndisable_vrfy_command = yes\nsmtputf8_enable = no\n"
    offered = extensions(configured(tmp_path, main))
    assert {"SIZE 1000", "DSN"} < set(offered.keywords)
    assert {"VRFY", "SMTPUTF8", "CHUNKING"}.isdisjoint(offered.keywords)
    replies = converse(b"MAIL FROM:<a@b> SIZE=1001\nMAIL FROM:<a@b> SIZE=1000\nVRFY x\n", offered)
    assert [line[:9] for line in replies.splitlines()[1:]] == [
        b"552 5.3.4",
        b"250 2.1.0",
        b"502 5.5.1",
    ]


def test_a_user_who_may_send_nothing_gets_no_session(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    login = login_of(os.getuid())
    configured(tmp_path, f"authorized_submit_users = !{login}, static:anyone\n")
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    with pytest.raises(SystemExit) as ending:
        smtp.main()
    assert ending.value.code == 75
    assert capsys.readouterr() == (
        "",
        f"sendmail: fatal: User {login}({os.getuid()}) is not allowed to submit mail\n",
    )


@pytest.mark.parametrize(
    ("clients", "verp"), [("", ""), ("localhost", "-="), ("127.0.0.0/8", "-=")]
)
def test_return_paths_vary_for_programs_of_a_machine_that_may_ask(
    submitted: list[tuple[Request, bytes]],
    tmp_path: Path,
    clients: str,
    verp: str,
) -> None:
    main = f"smtpd_authorized_verp_clients = {clients}\ndefault_verp_delimiters = -=\n"
    offered = extensions(configured(tmp_path, main))
    replies = converse(DIALOGUE.replace(b"RET=HDRS", b"XVERP") + b"QUIT\r\n", offered)
    assert (b"250-XVERP\r\n" in replies) is bool(verp)
    assert [request.verp for request, _ in submitted] == ([verp] if verp else [])
