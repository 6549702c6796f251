"""A message is in a Maildir once, whole, and under the same name at every attempt."""

import os
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Message, WriteMaildir
from postroom.delivery.mailbox.maildir import write_maildir

NAME = "1800000000.Q65A1B2C3D4E5FR00000001.mail.test"


def deliver(path: Path, content: bytes = b"Subject: x\r\n\r\n..dot\r\n") -> str:
    message = Message(b"Return-Path: <>\n", len(content))
    return write_maildir(WriteMaildir(str(path), NAME, message), Content(0, data=content)).code


def test_a_message_arrives_in_new_in_local_form(tmp_path: Path) -> None:
    assert deliver(tmp_path / "Maildir") == "2.0.0"
    (file,) = (tmp_path / "Maildir/new").iterdir()
    assert file.read_bytes() == b"Return-Path: <>\nSubject: x\n\n.dot\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "Maildir/tmp").iterdir()) == []


@pytest.mark.parametrize("place", ["new/{}", "cur/{}:2,", "cur/{}:2,S"])
def test_a_repeated_delivery_leaves_one_message(tmp_path: Path, place: str) -> None:
    deliver(tmp_path)
    (tmp_path / "new" / NAME).rename(tmp_path / place.format(NAME))
    assert deliver(tmp_path) == "2.0.0"
    assert sum(1 for path in tmp_path.rglob("*") if path.is_file()) == 1


def test_a_failed_write_leaves_nothing_and_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        deliver(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
