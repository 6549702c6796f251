"""A list counts only if it is a plain file that not everybody may write. Needs root."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import ReadList, Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.local.list_file import copy_lists


def read(path: Path) -> tuple[Result, bytes]:
    descriptor = os.memfd_create("list")
    try:
        (result,) = copy_lists([Job(ReadList(str(path)), Content(0, descriptor=descriptor))])
        return result, os.pread(descriptor, 1_000_000, 0)
    finally:
        os.close(descriptor)


def test_a_list_and_its_owner_are_told(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("alice\n" * 10_000)
    os.chown(tmp_path / "list", 12345, 0)
    assert read(tmp_path / "list") == (Result("2.0.0", "12345"), b"alice\n" * 10_000)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.chmod(0o646), "is world writable"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "is not a regular file"),
        (lambda path: (path.unlink(), path.mkdir()), "is not a regular file"),
        (lambda path: path.unlink(), "No such file or directory"),
        (lambda path: os.truncate(path, 20_000_000), "is larger than"),
    ],
)
def test_what_is_no_list_is_told_by_name(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "list"
    path.write_text("alice\n")
    spoil(path)
    result, text = read(path)
    assert result.code == "5.3.5"
    assert reason in result.text
    assert text == b""
