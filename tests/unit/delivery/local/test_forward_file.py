"""A .forward file counts only if nobody but its user or root can have written it."""

import os
import socket
import stat
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
    found = look(tmp_path / ".forward+x", tmp_path / ".forward")
    assert found == Result("2.0.0", str(tmp_path / ".forward"), "bob\n")


def test_without_a_file_the_mailbox_gets_the_mail(tmp_path: Path) -> None:
    assert look(tmp_path / ".forward", tmp_path / "no/home") == DELIVERED
    for nothing in (" \n", "# alice\n\n", ",\n"):
        (tmp_path / ".forward").write_text(nothing)
        assert look(tmp_path / ".forward") == DELIVERED


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.chmod(0o664), "is group writable"),
        (lambda path: path.chmod(0o646), "is world writable"),
        (lambda path: os.chown(path, 12345, 0), "has bad owner uid 12345"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "is not a regular file"),
        (lambda path: (path.unlink(), path.mkdir()), "is not a regular file"),
        (lambda path: (path.unlink(), path.symlink_to("/dev/zero")), "is not a regular file"),
        (lambda path: (path.unlink(), path.symlink_to("/nowhere")), "is not a regular file"),
        (lambda path: (path.unlink(), listen(path)), "is not a regular file"),
        (lambda path: (path.unlink(), null_device(path)), "is not a regular file"),
    ],
)
def test_an_untrustworthy_file_is_as_none_and_the_admin_hears_why(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / ".forward"
    path.write_text("bob")
    spoil(path)
    assert look(path) == Result("2.0.0", "delivered", warning=f"file {path} {reason}")


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def null_device(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o644, os.makedev(1, 3))


def test_a_huge_file_defers(tmp_path: Path) -> None:
    (tmp_path / ".forward").write_text("a\n" * MAX_FORWARD)
    (tmp_path / ".forward").chmod(0o600)
    assert look(tmp_path / ".forward").code == "4.3.0"
