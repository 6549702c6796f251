"""One journal segment: a file of fixed size that is written from its start, then used again.

Its name is its generation, so that a reader knows which of its records are new; generations
grow, and cannot be foretold. The zeros are written once: from then on a batch overwrites blocks
the file system has already placed, and fdatasync(2) has no metadata to write.

The first record goes before the name does: a segment that begins with a record of another
generation was given its name by somebody else, and is not ours to use again.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from postroom.spool.aside import Warn, set_aside
from postroom.spool.durably import sync_directory, write_all, write_pieces
from postroom.spool.record import HEADER_SIZE

SIZE = 32 * 1024 * 1024
SUFFIX = ".journal"
_NAME = re.compile(r"[0-9a-f]{16}\.journal\Z")
_ZEROS = bytes(1024 * 1024)
# What is read at once, and what is given up at once where a disk fails.
_PIECE = 1024 * 1024
_BLOCK = 4096
# Each batch begins on a page of its own: a disk that loses power while it writes a page may lose
# all of it, so that no page with acknowledged mail must be written again. What fills a page is
# told from what was never written, or was lost.
_PAGE = 4096
_FILLER = b"\x55"


class Segment:
    """An open segment; ``end`` is where the next batch goes, ``live`` counts undone messages."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.generation = int(path.name.removesuffix(SUFFIX), 16)
        self.end = 0
        self.live = 0
        # Set for good when a write or a sync failed: the kernel may have dropped the pages.
        self.poisoned = False
        # Set for good when some of it could not be read: the file is kept for a human.
        self.spoiled = False
        self._descriptor = descriptor

    @classmethod
    def create(cls, directory: Path, generation: int) -> "Segment":
        """A new file full of zeros, on the disk with its name; raises OSError."""
        path = _path(directory, generation)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            for _ in range(SIZE // len(_ZEROS)):
                write_all(descriptor, _ZEROS)
            os.fsync(descriptor)
            sync_directory(directory)
        except OSError:
            os.close(descriptor)
            path.unlink()
            raise
        return cls(path, descriptor)

    @classmethod
    def open(cls, path: Path) -> "Segment":
        """A segment found at start; its old content stays readable. Raises OSError."""
        return cls(path, os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW))

    @property
    def reusable(self) -> bool:
        """A truncated or failing file is removed instead of written again."""
        fit = not self.poisoned and not self.spoiled
        return fit and os.fstat(self._descriptor).st_size == SIZE

    def recycle(self, generation: int) -> None:
        """Begin anew under another name, which makes all records in it old; raises OSError."""
        path = _path(self.path.parent, generation)
        try:
            os.pwrite(self._descriptor, bytes(HEADER_SIZE), 0)
            os.fdatasync(self._descriptor)
            self.path = self.path.rename(path)
            sync_directory(path.parent)
        except OSError:
            self.poisoned = True
            raise
        self.generation = generation
        self.end = 0

    def write(self, pieces: Sequence[bytes], position: int) -> None:
        """Put a batch on the disk; raises OSError. Called from the journal's thread."""
        self.write_unsynced(pieces, position)
        os.fdatasync(self._descriptor)

    def write_unsynced(self, pieces: Sequence[bytes], position: int) -> None:
        """Put on the kernel's pages what is to be synced later; raises OSError."""
        write_pieces(self._descriptor, pieces, position)

    def read(self, position: int, size: int) -> bytes:
        """``size`` bytes from ``position``; fewer where the file was cut."""
        return os.pread(self._descriptor, size, position)

    def contents(self) -> tuple[bytearray, int]:
        """All of it, with zeros in place of what the disk does not give, and how much that is."""
        data = bytearray(min(os.fstat(self._descriptor).st_size, SIZE))
        with memoryview(data) as view:
            pieces = range(0, len(data), _PIECE)
            unreadable = sum(self._read_into(view[n : n + _PIECE], n) for n in pieces)
        return data, unreadable

    def _read_into(self, view: memoryview, position: int) -> int:
        """How many bytes could not be read."""
        try:
            os.preadv(self._descriptor, [view], position)
        except OSError:
            if len(view) <= _BLOCK:
                return len(view)
            blocks = range(0, len(view), _BLOCK)
            return sum(self._read_into(view[n : n + _BLOCK], position + n) for n in blocks)
        return 0

    def remove(self, warn: Warn) -> None:
        """Give the file up, and its space; one that could not be read is set aside."""
        if self.spoiled:
            set_aside(self.path, "some of it could not be read", warn)
        else:
            self.path.unlink(missing_ok=True)
        sync_directory(self.path.parent)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)


def filler(position: int) -> bytes:
    """What stands between the end of a batch and the next page."""
    return _FILLER * (-position % _PAGE)


def is_segment(name: str) -> bool:
    """Whether a file's name is that of a segment."""
    return _NAME.match(name) is not None


def _path(directory: Path, generation: int) -> Path:
    return directory / f"{generation:016x}{SUFFIX}"
