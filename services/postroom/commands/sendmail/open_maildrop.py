"""Leave a message in the open maildrop, where main.cf says ``submission_mode = maildrop``.

No service takes part: the file belongs to the calling user, and its group, which it has from the
directory, is pickup's. It gets a name only when it is complete and on stable storage.
"""

import posix
import time

from postroom.contracts.postdrop import netstring
from postroom.instance import current, drop_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITABLE_BY_ALL = 0o002
# What postdrop leaves free, too (queue_minfree).
_RESERVE = 64 * 1024
_NO_SPACE = 28  # errno(3), the module of which is not worth its loading.


def directory() -> str:
    """Where it is."""
    return f"{drop_directory(current())}/open"


def is_open() -> bool:
    """The superuser, too, goes by what others may do."""
    try:
        mode = posix.stat(directory()).st_mode
    except OSError:
        return False
    return bool(mode & _WRITABLE_BY_ALL)


class Dropping:
    """One message; raises OSError, at once where this process cannot write there at all."""

    def __init__(self) -> None:
        flags = posix.O_TMPFILE | posix.O_WRONLY | posix.O_CLOEXEC
        self._directory = directory()
        self._descriptor = posix.open(self._directory, flags, 0o640)

    def leave(self, encoded: bytes, content: "Iterator[bytes]") -> None:
        """Returns once the message is on stable storage, name and all."""
        self._write(encoded)
        for piece in content:
            self._write(netstring(piece))
        self._write(netstring(b""))
        self._leave_room()
        # Whatever the caller's umask is.
        posix.fchmod(self._descriptor, 0o640)
        posix.fsync(self._descriptor)
        name = f"{time.time_ns():X}.{posix.urandom(8).hex()}"
        # src_dir_fd, which is of no account here, makes Python follow the link of proc(5).
        posix.link(
            f"/proc/self/fd/{self._descriptor}",
            f"{self._directory}/{name}",
            src_dir_fd=self._descriptor,
            follow_symlinks=True,
        )
        # Who may not list a directory cannot sync it. Linux's file systems bring a file's new
        # name to the disk with the file, and the directory is one that does so by itself (D).
        posix.fsync(self._descriptor)

    def _leave_room(self) -> None:
        """pickup copies the message before it removes it: what fills the disk would stay there."""
        space = posix.fstatvfs(self._descriptor)
        if space.f_bavail * space.f_frsize < posix.fstat(self._descriptor).st_size + _RESERVE:
            raise OSError(_NO_SPACE, posix.strerror(_NO_SPACE))

    def _write(self, data: bytes) -> None:
        """On a full disk write(2) takes a part, and fails only at the next call."""
        while data:
            data = data[posix.write(self._descriptor, data) :]

    def close(self) -> None:
        posix.close(self._descriptor)
