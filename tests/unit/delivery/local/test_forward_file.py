"""A .forward file counts only if nobody but its user or root can have written it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import ReadForward
from postroom.delivery.local.forward_file import MAX_FORWARD, read_forward

NOTHING = Content(0, data=b"")


def read(*paths: Path) -> tuple[str, str]:
    result = read_forward(ReadForward(tuple(str(path) for path in paths)), NOTHING)
    return result.code, result.text


def test_the_first_file_that_exists_is_read(tmp_path: Path) -> None:
    (tmp_path / ".forward").write_text("bob\n")
    (tmp_path / ".forward").chmod(0o644)
    assert read(tmp_path / ".forward+x", tmp_path / ".forward") == ("2.0.0", "bob\n")


def test_no_file_is_no_forwarding(tmp_path: Path) -> None:
    assert read(tmp_path / ".forward", tmp_path / "no/home") == ("2.0.0", "")


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
    assert read(path) == ("2.0.0", "")


def test_a_huge_file_defers(tmp_path: Path) -> None:
    (tmp_path / ".forward").write_text("a\n" * MAX_FORWARD)
    (tmp_path / ".forward").chmod(0o600)
    assert read(tmp_path / ".forward")[0] == "4.3.0"
