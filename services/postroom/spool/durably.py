"""System calls that the disk must have answered before we say so."""

import os
from collections.abc import Sequence
from pathlib import Path

# What one pwritev(2) takes (limits.h: IOV_MAX).
_MAX_PIECES = 1024


def write_all(descriptor: int, data: bytes, position: int | None = None) -> None:
    """write(2) or pwrite(2) until nothing is left; raises OSError."""
    view = memoryview(data)
    while view:
        if position is None:
            written = os.write(descriptor, view)
        else:
            written = os.pwrite(descriptor, view, position)
            position += written
        view = view[written:]


def write_pieces(descriptor: int, pieces: Sequence[bytes], position: int) -> None:
    """Write what is in many places into one, without gathering it first; raises OSError."""
    for start in range(0, len(pieces), _MAX_PIECES):
        some = pieces[start : start + _MAX_PIECES]
        size = sum(map(len, some))
        written = os.pwritev(descriptor, some, position)
        if written < size:
            write_all(descriptor, b"".join(some)[written:], position + written)
        position += size


def sync_directory(directory: Path) -> None:
    """Make names that came, went or changed in ``directory`` durable; raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_unnamed(descriptor: int, path: Path) -> None:
    """Give an O_TMPFILE file its name; raises FileExistsError where it is taken.

    A source directory has to be passed, or Python calls link(2), which does not follow
    the link in /proc.
    """
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=directory, follow_symlinks=True)
    finally:
        os.close(directory)


def create_unnamed(directory: Path) -> int:
    """A file that vanishes unless it gets a name: a crash leaves no rubbish behind."""
    return os.open(directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
