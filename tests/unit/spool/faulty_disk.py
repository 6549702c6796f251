"""The system calls of the spool, failing on demand, as those of a bad, full or read-only disk."""

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

READS = ("pread", "preadv")
WRITES = (
    *("open", "write", "pwrite", "pwritev", "ftruncate", "fsync", "fdatasync"),
    *("link", "rename", "unlink", "utime"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FaultyDisk:
    """``verdict`` is asked about each call by its name, and names the error it fails with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.verdict: Callable[[str], int] = lambda _: 0
        for name in (*READS, *WRITES):
            monkeypatch.setattr(os, name, self._faulty(name, getattr(os, name)))

    def heal(self) -> None:
        """Let all calls go through."""
        self.verdict = lambda _: 0

    def is_read_only(self) -> None:
        """Fail as after ``mount -o remount,ro``."""
        self.verdict = lambda name: 0 if name in READS else errno.EROFS

    def is_full(self) -> None:
        """Let only that go through which needs no room."""
        needs_room = ("open", "write", "link")
        self.verdict = lambda name: errno.ENOSPC if name in needs_room else 0

    def fails_once(self, name: str, number: int) -> None:
        """Fail the ``number``-th call from now on."""
        left = number

        def verdict(called: str) -> int:
            nonlocal left
            left -= called == name
            return errno.EIO if called == name and left == 0 else 0

        self.verdict = verdict

    def _faulty(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            opens_to_read = name == "open" and not arguments[1] & _WRITING
            number = 0 if opens_to_read else self.verdict(name)
            if number:
                raise OSError(number, os.strerror(number))
            return real(*arguments, **named)

        return call
