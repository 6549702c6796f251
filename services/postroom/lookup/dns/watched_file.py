"""A small file of the system, read again when it changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
# No honest resolv.conf or hosts file is larger; what lies behind is ignored.
MAX_SIZE = 4 * 1024 * 1024


class WatchedFile(Generic[T]):
    """``parse`` turns its text into a value; a file that cannot be read counts as empty."""

    def __init__(self, path: Path, parse: Callable[[str], T]) -> None:
        self._path = path
        self._parse = parse
        self._stamp: tuple[int, ...] | None = None
        self._value = parse("")

    @property
    def value(self) -> T:
        """What the file says now."""
        stamp = self._seen()
        if stamp != self._stamp:
            self._stamp = stamp
            self._value = self._parse(self._text())
        return self._value

    def _seen(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev

    def _text(self) -> str:
        try:
            with self._path.open("rb") as file:
                return file.read(MAX_SIZE).decode("utf-8", "replace")
        except OSError:
            return ""
