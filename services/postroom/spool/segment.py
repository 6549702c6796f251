"""One journal segment: a file of fixed size that is written from its start, then used again.

Its name is its generation, so that a reader knows which of its records are new; generations
grow, and cannot be foretold. The zeros are
written once: from then on a batch overwrites blocks the file system has already placed, and
fdatasync(2) has no metadata to write.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from postroom.spool.durably import sync_directory, write_all, write_pieces

SIZE = 32 * 1024 * 1024
SUFFIX = ".journal"
_NAME = re.compile(r"[0-9a-f]{16}\.journal\Z")
_ZEROS = bytes(1024 * 1024)


class Segment:
    """An open segment; ``end`` is where the next batch goes, ``live`` counts undone messages."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.generation = int(path.name.removesuffix(SUFFIX), 16)
        self.end = 0
        self.live = 0
        # Set for good when a write or a sync failed: the kernel may have dropped the pages.
        self.poisoned = False
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
        """A segment found at start; its old content stays readable."""
        return cls(path, os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW))

    @property
    def reusable(self) -> bool:
        """A truncated or failing file is removed instead of written again."""
        return not self.poisoned and os.fstat(self._descriptor).st_size == SIZE

    def recycle(self, generation: int) -> None:
        """Begin anew under another name, which makes all records in it old; raises OSError."""
        path = _path(self.path.parent, generation)
        try:
            self.path = self.path.rename(path)
            sync_directory(path.parent)
        except OSError:
            self.poisoned = True
            raise
        self.generation = generation
        self.end = 0

    def write(self, pieces: Sequence[bytes], position: int) -> None:
        """Put a batch on the disk; raises OSError. Called from the journal's thread."""
        write_pieces(self._descriptor, pieces, position)
        os.fdatasync(self._descriptor)

    def read(self, position: int, size: int) -> bytes:
        """``size`` bytes from ``position``; fewer where the file was cut."""
        return os.pread(self._descriptor, size, position)

    def remove(self) -> None:
        """Give the file up, and its space."""
        self.path.unlink(missing_ok=True)
        sync_directory(self.path.parent)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)


def segment_paths(directory: Path) -> list[Path]:
    """The segments in ``directory``, oldest first."""
    return sorted(path for path in directory.iterdir() if is_segment(path.name))


def is_segment(name: str) -> bool:
    """Whether a file's name is that of a segment."""
    return _NAME.match(name) is not None


def _path(directory: Path, generation: int) -> Path:
    return directory / f"{generation:016x}{SUFFIX}"
