"""Whether a file system can do what the spool needs, tried out at every start.

Better not to start than to find out with a message in hand (NFS, FUSE, vfat, a full or
read-only disk). All that is tried is undone; a leftover of a crash is removed next time.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroom.spool.durably import create_unnamed, link_unnamed, sync_directory, write_all

FIRST_NAME, SECOND_NAME = "probe", "probe.renamed"
NAMES = frozenset((FIRST_NAME, SECOND_NAME))
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


class Unusable(OSError):
    """The file system lacks something; the text says what."""


def probe(directory: Path) -> None:
    """Try out everything in ``directory``; raises Unusable.

    On a full disk nothing can be tried; what waits can be delivered all the same.
    """
    try:
        _try_out(directory)
    except Unusable as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in _FULL:
            raise


def _try_out(directory: Path) -> None:
    first, second = directory / FIRST_NAME, directory / SECOND_NAME
    for leftover in (first, second):
        with _trying(directory, "remove a file"):
            leftover.unlink(missing_ok=True)
    with _trying(directory, "make a file without a name (O_TMPFILE)"):
        descriptor = create_unnamed(directory)
    try:
        with _trying(directory, "write and sync a file"):
            write_all(descriptor, b"probe\n")
            os.fsync(descriptor)
        with _trying(directory, "give a file its name later (linkat)"):
            link_unnamed(descriptor, first)
    finally:
        os.close(descriptor)
    with _trying(directory, "lease a file (fcntl F_SETLEASE)"):
        _lease(first)
    with _trying(directory, "rename a file"):
        first.rename(second)
    with _trying(directory, "sync a directory"):
        sync_directory(directory)
    with _trying(directory, "remove a file"):
        second.unlink()


def check_one_file_system(spool: Path, directories: list[Path]) -> None:
    """Mail moves between the directories by its name alone; raises Unusable."""
    home = spool.stat().st_dev
    for directory in directories:
        if directory.stat().st_dev != home:
            raise Unusable(f"{directory} and {spool} are not on one file system")


@contextmanager
def _trying(directory: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unusable(f"{directory}: cannot {what}: {error.strerror}") from error


def _lease(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    finally:
        os.close(descriptor)
