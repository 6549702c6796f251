"""A file that some user left in the open maildrop: whether it is what sendmail(1) leaves there.

Its maker may be anybody and may do anything to it at any time, so nothing is opened before it is
known to be a regular file, nothing is believed but what the kernel says of it, and what was read
is used only if the file is the same afterwards.
"""

import errno
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from postroom.contracts.postdrop import MAX_NETSTRING, Malformed

# The one mode of a file that sendmail left; the group is the directory's.
_MODE = 0o640
_MAX_DIGITS = len(str(MAX_NETSTRING))
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Unacceptable(Exception):
    """sendmail(1) leaves no such file; the text says what is wrong with it."""


class _Version(NamedTuple):
    """What changes when a file does."""

    size: int
    written: int
    changed: int


class LeftFile:
    """Opened and judged; ``uid`` is whose it is, ``arrival`` when it got its name.

    Both are the kernel's word. Raises Unacceptable, FileNotFoundError, or OSError where it
    cannot be read now.
    """

    def __init__(self, directory: int, name: str) -> None:
        handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
        try:
            status = os.fstat(handle)
            _judge(status, os.fstat(directory).st_gid)
            # O_NONBLOCK: its owner may hold a lease on it (fcntl(2)), which open(2) would wait for.
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
            self._file: BinaryIO = open(  # noqa: SIM115
                f"/proc/self/fd/{handle}", "rb", opener=lambda path, _: os.open(path, flags)
            )
        finally:
            os.close(handle)
        self.uid = status.st_uid
        self.arrival = status.st_ctime
        self._version = self._current()

    def netstrings(self) -> Iterator[bytes]:
        """The pieces of a conversation with postdrop, without the empty one at its end.

        Raises Malformed, or Unacceptable when it was not the same file from first to last.
        """
        descriptor = self._file.fileno()
        # A few bytes on the disk may pretend to be more than the disk could hold.
        size = self._version.size
        if size and os.lseek(descriptor, 0, os.SEEK_HOLE) < size:
            raise Unacceptable("it has holes")
        os.lseek(descriptor, 0, os.SEEK_SET)
        while piece := _netstring(self._file):
            yield piece
        if self._current() != self._version:
            raise Unacceptable("it changed while it was read")

    def _current(self) -> _Version:
        status = os.fstat(self._file.fileno())
        return _Version(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def close(self) -> None:
        self._file.close()


def _judge(status: os.stat_result, group: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unacceptable(f"it is {_KINDS.get(stat.S_IFMT(status.st_mode), 'no regular file')}")
    if status.st_nlink != 1:
        raise Unacceptable(f"it has {status.st_nlink} names")
    if stat.S_IMODE(status.st_mode) != _MODE or status.st_gid != group:
        raise Unacceptable(f"its mode is {stat.S_IMODE(status.st_mode):o}, gid {status.st_gid}")


def _netstring(file: BinaryIO) -> bytes:
    digits = b""
    while (byte := file.read(1)) != b":":
        digits += byte
        if not byte.isdigit() or len(digits) > _MAX_DIGITS:
            raise Malformed("no netstring")
    if not digits or int(digits) > MAX_NETSTRING:
        raise Malformed("no netstring")
    data = file.read(int(digits) + 1)
    if len(data) != int(digits) + 1 or data[-1:] != b",":
        raise Malformed("a netstring of another length")
    return data[:-1]


def remove(directory: int, name: str) -> bool:
    """Take a name away, whatever it names; False for a directory that is not empty.

    The directory's owner may do so though it is sticky.
    """
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.EPERM):
            raise
        try:
            os.rmdir(name, dir_fd=directory)
        except OSError:
            return False
    return True
