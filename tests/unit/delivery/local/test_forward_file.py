"""A .forward file counts only if nobody but its user or root can have written it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Message, Result, UnlessForwarded, WriteMaildir
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.local.forward_file import MAX_FORWARD, unless_forwarded

DELIVERED = Result("2.0.0", "delivered")
MAILBOX = WriteMaildir("/x", "name", Message(b"", 0, content=b""))
SKILL = unless_forwarded({WriteMaildir: lambda jobs: [DELIVERED] * len(jobs)})


def look(*paths: Path) -> Result:
    task = UnlessForwarded(tuple(str(path) for path in paths), MAILBOX)
    (result,) = SKILL([Job(task, Content(0, data=b""))])
    return result


def test_the_first_file_that_exists_is_read(tmp_path: Path) -> None:
    (tmp_path / ".forward").write_text("bob\n")
    (tmp_path / ".forward").chmod(0o644)
    assert look(tmp_path / ".forward+x", tmp_path / ".forward") == Result("2.0.0", "", "bob\n")


def test_without_a_file_the_mailbox_gets_the_mail(tmp_path: Path) -> None:
    assert look(tmp_path / ".forward", tmp_path / "no/home") == DELIVERED
    (tmp_path / ".forward").write_text(" \n")
    assert look(tmp_path / ".forward") == DELIVERED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o664),
        lambda path: path.chmod(0o646),
        lambda path: os.chown(path, 12345, 0),
        lambda path: (path.unlink(), os.mkfifo(path)),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    ],
)
def test_an_untrustworthy_file_is_as_none(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / ".forward"
    path.write_text("bob")
    spoil(path)
    assert look(path) == DELIVERED


def test_a_huge_file_defers(tmp_path: Path) -> None:
    (tmp_path / ".forward").write_text("a\n" * MAX_FORWARD)
    (tmp_path / ".forward").chmod(0o600)
    assert look(tmp_path / ".forward").code == "4.3.0"
