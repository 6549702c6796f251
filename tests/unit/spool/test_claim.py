"""A spool has one keeper at a time."""

import errno
import os
from pathlib import Path

import pytest

from postroom.spool.claim import claim


def test_who_comes_second_is_told_that_somebody_is_there(tmp_path: Path) -> None:
    first = claim(tmp_path)
    with pytest.raises(OSError, match="another process is at work on it") as second:
        claim(tmp_path)
    assert second.value.errno == errno.EBUSY
    os.close(first)
    os.close(claim(tmp_path))


def test_a_directory_that_is_not_there_cannot_be_claimed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        claim(tmp_path / "missing")
