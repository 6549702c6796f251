"""sendmail -bv and -v: what is submitted, what is said, and what cannot go together."""

import io
import os
import pwd
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom import instance
from postroom.commands.sendmail import command
from postroom.contracts.postdrop import Request, decode_request

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
    monkeypatch.setattr(command, "submit", taker.submit)
    source = io.BytesIO(b"Subject: x\n\ntyped\n")
    monkeypatch.setattr(command, "_read_input", source.read)
    return taker


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["sendmail", *arguments])
    command.main()


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

    monkeypatch.setattr(command, "write", closed)
    call(monkeypatch, "-v", "bob")
    assert postdrop.request.recipients == ("bob",)


@pytest.fixture
def main_cf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where main.cf is, with delimiters of its own."""
    (tmp_path / "master.cf").write_text("")
    (tmp_path / "main.cf").write_text("default_verp_delimiters = -=\nverp_delimiter_filter = -=\n")
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    return tmp_path / "main.cf"


@pytest.mark.usefixtures("main_cf")
@pytest.mark.parametrize(("option", "verp"), [("-XV", "-="), ("-XV==", "=="), ("-i", "")])
def test_return_paths_vary_where_that_is_asked_for(
    option: str, verp: str, postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(monkeypatch, option, "-f", "list@x.test", "bob")
    assert postdrop.request.verp == verp
    assert decode_request(postdrop.request.encode().partition(b":")[2][:-1]).verp == verp


@pytest.mark.usefixtures("postdrop", "main_cf")
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("-XV+=", "bob"), "-V requires two characters from -="),
        (("-XV-", "bob"), "-V requires two characters from -="),
        (("-X", "V", "bob"), "-V requires two characters from -="),
        (("-XV", "-f", "", "bob"), f"({os.getuid()}): -V option requires non-null sender address"),
    ],
)
def test_return_paths_that_cannot_vary_are_refused(
    arguments: tuple[str, ...],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exit_:
        call(monkeypatch, *arguments)
    assert exit_.value.code == os.EX_TEMPFAIL
    assert capfd.readouterr().err == f"sendmail: fatal: {complaint}\n"


@pytest.mark.usefixtures("postdrop")
def test_a_main_cf_that_cannot_be_read_lets_no_return_path_vary(
    main_cf: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    main_cf.unlink()
    with pytest.raises(SystemExit) as exit_:
        call(monkeypatch, "-XV", "-f", "list@x.test", "bob")
    assert exit_.value.code == os.EX_TEMPFAIL
    assert "main.cf" in capfd.readouterr().err


@pytest.mark.parametrize("given", ["option", "environment"])
def test_a_full_name_is_one_line_of_text_whatever_a_program_has_found(
    given: str, postdrop: Postdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail is not refused for it."""
    name = "M\udcfcller\nTo: b\t\x7f"
    if given == "option":
        call(monkeypatch, "-F", name, "bob")
    else:
        monkeypatch.setitem(command.environ, b"NAME", os.fsencode(name))
        call(monkeypatch, "bob")
    assert postdrop.request.full_name == "M\ufffdller To: b  "


@pytest.mark.usefixtures("postdrop")
def test_the_exit_code_tells_where_complaints_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed(*_: object) -> int:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(command, "write", closed)
    with pytest.raises(SystemExit) as exit_:
        call(monkeypatch, "-Z", "bob")
    assert exit_.value.code == os.EX_TEMPFAIL
