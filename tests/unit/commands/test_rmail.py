"""rmail makes a path of the hosts that a message came through, and hands the rest to sendmail."""

import io
import os
import sys
from pathlib import Path

import pytest

from postroom.commands import rmail


@pytest.mark.parametrize(
    ("text", "path", "first"),
    [
        (b"From me Sat Jan  1 00:00:00 2000 remote from x\nSubject: y\n", "x!me", b"Subject: y\n"),
        (b"From a!me Sat Jan  1 2000 remote from x\n\nz\n", "x!a!me", b"\n"),
        (
            b"From a Sat remote from near\n>From b Fri forwarded by far\n>From c Thu\nX: y\n",
            "near!far!c",
            b"X: y\n",
        ),
        (b"From me Sat Jan  1 00:00:00 2000\nX: y\n", "me", b"X: y\n"),
        (b"From me\nX: y\n", "me", b"X: y\n"),
        (b"Subject: none\n", "", b"Subject: none\n"),
        (b"From: me\n", "", b"From: me\n"),
        (b"From me Sat remote from x", "x!me", b""),
        (b"", "", b""),
    ],
)
def test_the_first_lines_tell_the_path(text: bytes, path: str, first: bytes) -> None:
    assert rmail.sender_of(io.BytesIO(text)) == (path, first)


@pytest.fixture
def sendmail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps what it is told, and exits as if there were a temporary failure."""
    program = tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/seen\ncat >>{tmp_path}/seen\nexit 75\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "seen"


def run(monkeypatch: pytest.MonkeyPatch, text: bytes, *arguments: str) -> int:
    source, feeder = os.pipe()
    os.write(feeder, text)
    os.close(feeder)
    monkeypatch.setattr(sys, "argv", ["rmail", *arguments])
    with os.fdopen(source) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(SystemExit) as ended:
            rmail.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_sendmail_gets_the_rest_and_has_the_last_word(
    sendmail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"From me Sat remote from x\nSubject: y\n\n.\nz\n"
    assert run(monkeypatch, text, "bob", "carol") == 75
    assert sendmail.read_bytes() == b"-G -i -f x!me -- bob carol\nSubject: y\n\n.\nz\n"


@pytest.mark.parametrize("arguments", [(), ("-Cx", "bob"), ("bob", "-f", "x")])
def test_a_neighbour_gives_recipients_and_no_options(
    arguments: tuple[str, ...], sendmail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, b"x\n", *arguments) == rmail.EX_USAGE
    assert not sendmail.exists()
