"""Make or change the index of a table: aside, whole, and then in one step in its place.

The draft has the index's name with ``.tmp`` behind, and is locked while it is made, so that two
who change a table do so one after the other. Readers see the old index or the new one; a crash
leaves the old one.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from postroom.tables.index_format import IndexFormat

NUL = "\0"
NO_MORE_THAN = 0o666
OWNER = 0o600
READERS = 0o044


class Attributes(NamedTuple):
    """Whose the index is and who may read it; ``owner`` None keeps the one who makes it."""

    mode: int
    owner: tuple[int, int] | None = None

    @classmethod
    def of(cls, status: os.stat_result) -> "Attributes":
        """As those of another file: execute and set-id bits mean nothing for an index."""
        mode = stat.S_IMODE(status.st_mode) & NO_MORE_THAN
        return cls(mode, (status.st_uid, status.st_gid) if os.geteuid() == 0 else None)

    @classmethod
    def of_source(cls, status: os.stat_result) -> "Attributes":
        """Who may read the source may read the index, which its owner alone may write to."""
        return cls.of(status)._replace(mode=OWNER | status.st_mode & READERS)


class IndexDraft:
    """The entries of an index that is being made; ``draft`` opens one."""

    def __init__(self, path: Path, form: IndexFormat, descriptor: int) -> None:
        self._path = path
        self._format = form
        self._descriptor = descriptor
        self._entries: dict[bytes, bytes] = {}
        self.end = NUL if form.terminated else ""  # of keys and values (postmap -N, -n)

    def take_over(self) -> None:
        """Begin with the entries of the present index; raises OSError, CorruptFile."""
        present = self._format.open(os.open(self._path, os.O_RDONLY | os.O_CLOEXEC))
        for key, value in present.items():
            if not self._entries:
                self.end = NUL if key.endswith(NUL.encode()) else ""
            self._entries.setdefault(key, value)

    def put(self, key: str, value: str, *, replace: bool) -> bool:
        """False where there is such an entry already, which stays unless ``replace``."""
        stored, content = (key + self.end).encode(), (value + self.end).encode()
        if replace:
            self._entries[stored] = content
            return True
        number = len(self._entries)
        self._entries.setdefault(stored, content)
        return len(self._entries) > number

    def remove(self, key: str) -> bool:
        """Whether there was such an entry."""
        return self._entries.pop((key + self.end).encode(), None) is not None

    def publish(self, attributes: Attributes) -> None:
        """Write the draft to the disk and put it in the place of the index."""
        self._format.write(self._descriptor, self._entries)
        if attributes.owner is not None:
            os.fchown(self._descriptor, *attributes.owner)
        os.fchmod(self._descriptor, attributes.mode)
        os.fsync(self._descriptor)
        _aside(self._path).rename(self._path)
        _sync_directory(self._path.parent)


@contextmanager
def draft(path: Path, form: IndexFormat) -> Iterator[IndexDraft]:
    """A draft for the index ``path``, thrown away unless published; raises OSError."""
    aside = _aside(path)
    descriptor = _locked(aside)
    try:
        yield IndexDraft(path, form, descriptor)
    finally:
        if _is_at(descriptor, aside):
            aside.unlink()
        os.close(descriptor)


def _aside(index: Path) -> Path:
    return index.with_name(f"{index.name}.tmp")


def _locked(path: Path) -> int:
    """The empty file ``path``, locked; whoever had it before us has renamed it away."""
    while True:
        descriptor = _opened(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_at(descriptor, path):
            os.ftruncate(descriptor, 0)
            return descriptor
        os.close(descriptor)


def _opened(path: Path) -> int:
    """Never through a symbolic link, nor a file that has a second name elsewhere."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise FileExistsError(errno.EEXIST, "is no file of its own", str(path))
    return descriptor


def _is_at(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    return False


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
