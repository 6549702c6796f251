"""A FUSE file system of a few files of ours, of which one is used as a disk (losetup(8)).

Loop devices pass on every write of the file system above them, in order, and every flush as an
fsync(2); nothing is kept in a cache on the way.
"""

import errno
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import llfuse

FIRST_INODE = llfuse.ROOT_INODE + 1


class File(Protocol):
    """What stands behind one file; called by one thread, one call at a time."""

    size: int

    def read(self, offset: int, length: int) -> bytes: ...

    def write(self, offset: int, data: bytes) -> None: ...

    def sync(self) -> None: ...


class Files(llfuse.Operations):
    """``files`` by name in one directory; the mapping may change, inodes count its names."""

    def __init__(self, files: Mapping[str, File]) -> None:
        super().__init__()
        self._files = files
        self._names: list[str] = []

    def lookup(self, parent: int, name: bytes, context: object) -> llfuse.EntryAttributes:
        text = name.decode()
        if text not in self._files:
            raise llfuse.FUSEError(errno.ENOENT)
        if text not in self._names:
            self._names.append(text)
        return self.getattr(FIRST_INODE + self._names.index(text), context)

    def getattr(self, inode: int, context: object) -> llfuse.EntryAttributes:
        entry = llfuse.EntryAttributes()
        entry.st_ino = inode
        if inode == llfuse.ROOT_INODE:
            entry.st_mode = stat.S_IFDIR | 0o700
        else:
            entry.st_mode = stat.S_IFREG | 0o600
            entry.st_size = self._file(inode).size
        entry.entry_timeout = entry.attr_timeout = 0
        return entry

    def setattr(self, inode, attributes, fields, handle, context):  # type: ignore[no-untyped-def]
        """Times and sizes stay as they are."""
        return self.getattr(inode, context)

    def open(self, inode: int, flags: int, context: object) -> int:
        return inode

    def read(self, handle: int, offset: int, length: int) -> bytes:
        return self._file(handle).read(offset, length)

    def write(self, handle: int, offset: int, data: bytes) -> int:
        self._file(handle).write(offset, data)
        return len(data)

    def fsync(self, handle: int, _datasync: bool) -> None:
        self._file(handle).sync()

    def _file(self, inode: int) -> File:
        try:
            return self._files[self._names[inode - FIRST_INODE]]
        except KeyError:
            raise llfuse.FUSEError(errno.ESTALE) from None


def serve(directory: Path, files: Mapping[str, File]) -> None:
    """Mount ``files`` at ``directory`` and answer until it is unmounted."""
    llfuse.init(Files(files), str(directory), {"fsname=crash", "big_writes", "max_read=131072"})
    try:
        llfuse.main(workers=1)
    finally:
        llfuse.close(unmount=False)


def unmount(directory: Path) -> None:
    """End the ``serve`` of another process or thread."""
    subprocess.run(["umount", directory], check=True)


def is_mounted(directory: Path) -> bool:
    return os.path.ismount(directory)
