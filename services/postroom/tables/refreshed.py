"""What was made of a file, made anew when the file changes."""

import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from postroom.tables.table import TableError

T = TypeVar("T")
# A stat for every lookup would cost more than the lookup.
CHECK_SECONDS = 1.0


class Refreshed(Generic[T]):
    """``load`` gets an open descriptor, its own to close, and returns what lookups use.

    ``advice`` says what to run where the file is missing, ``what`` the file is. A failure is
    remembered as long as a success, so a flood of lookups does not become a flood of attempts.
    """

    def __init__(
        self, path: Path, load: Callable[[int], T], advice: str = "", what: str = "database "
    ) -> None:
        self._path = path
        self._load = load
        self._what = what
        self._advice = f" (run: {advice})" if advice else ""
        self._value: T | None = None
        self._failure = ""
        self._identity: tuple[int, ...] = ()
        self._checked = float("-inf")

    def current(self) -> T:
        """The value for the file as it was at most ``CHECK_SECONDS`` ago; raises TableError."""
        now = time.monotonic()
        if now - self._checked >= CHECK_SECONDS:
            self._check()
            self._checked = now
        if self._value is None:
            raise TableError(self._failure)
        return self._value

    def _check(self) -> None:
        with suppress(OSError):
            if self._value is not None and _identity(self._path.stat()) == self._identity:
                return
        self._value = None
        try:
            self._value = self._open()
        except OSError as error:
            advice = self._advice if isinstance(error, FileNotFoundError) else ""
            self._failure = f"open {self._what}{self._path}: {error.strerror}{advice}"
        except TableError as error:
            self._failure = str(error)

    def _open(self) -> T:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            os.close(descriptor)
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        self._identity = _identity(status)
        return self._load(descriptor)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
