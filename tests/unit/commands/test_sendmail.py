"""sendmail -bv and -v: what is submitted, what is said, and what cannot go together."""

import io
import os
import pwd
import sys
from collections.abc import Iterator

import pytest

from postroom.commands import sendmail
from postroom.contracts.postdrop import Request

LOGIN = pwd.getpwuid(os.getuid()).pw_name


class Postdrop:
    """Takes what sendmail submits."""

    def __init__(self) -> None:
        self.request = Request()
        self.content = b""

    def submit(self, request: Request, content: Iterator[bytes]) -> None:
        self.request = request
        self.content = b"".join(content)


@pytest.fixture
def postdrop(monkeypatch: pytest.MonkeyPatch) -> Postdrop:
    taker = Postdrop()
    monkeypatch.setattr(sendmail, "submit", taker.submit)
    source = io.BytesIO(b"Subject: x\n\ntyped\n")
    monkeypatch.setattr(sendmail, "_read_input", source.read)
    return taker


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["sendmail", *arguments])
    sendmail.main()


def test_bv_reads_nothing_and_asks_about_each_recipient(
    postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, "-bv", "a@x.test", "b")
    assert postdrop.request.trace == "verify"
    assert postdrop.request.recipients == ("a@x.test", "b")
    assert postdrop.content == b"Subject: probe\nTo: a@x.test,\n\tb\n\n"
    assert capfd.readouterr().out == f"Mail Delivery Status Report will be mailed to <{LOGIN}>.\n"


def test_v_submits_the_message_and_names_the_sender_it_was_given(
    postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, "-v", "-t", "-f", "me@x.test")
    assert postdrop.request.trace == "verbose"
    assert postdrop.content == b"Subject: x\n\ntyped\n"
    assert capfd.readouterr().out == "Mail Delivery Status Report will be mailed to <me@x.test>.\n"


def test_nothing_is_said_where_no_report_was_asked_for(
    postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, "bob")
    assert postdrop.request.trace == ""
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("options", [("-t",), ("-N", "success"), ("-R", "full")])
def test_bv_does_not_go_with_what_needs_a_message(
    options: tuple[str, ...],
    postdrop: Postdrop,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exit_:
        call(monkeypatch, "-bv", *options, "bob")
    assert exit_.value.code == os.EX_TEMPFAIL
    assert f"{options[0]} option cannot be used with -bv" in capfd.readouterr().err
    assert postdrop.content == b""


def test_a_message_is_safe_though_nobody_reads_what_is_said(
    postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(sendmail, "write", closed)
    call(monkeypatch, "-v", "bob")
    assert postdrop.request.recipients == ("bob",)
