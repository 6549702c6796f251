"""A file that somebody else writes a large message into."""

import errno
import fcntl
import os
from pathlib import Path

from postroom.spool.durably import create_unnamed
from postroom.spool.queue_file import CONTENT_OFFSET


class StillWritten(Exception):
    """Somebody can still write to the file, or it is not as large as was said."""


class IncomingFile:
    """An unnamed file below ``directory``; nothing is left of it unless it is completed."""

    def __init__(self, directory: Path) -> None:
        self._descriptor = create_unnamed(directory)
        # Where the content begins: the writer just writes on.
        os.lseek(self._descriptor, CONTENT_OFFSET, os.SEEK_SET)
        self._reader = os.open(f"/proc/self/fd/{self._descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def take_writer(self) -> int:
        """The descriptor to hand out, once; who takes it closes it."""
        descriptor, self._descriptor = self._descriptor, -1
        return descriptor

    def claim(self, size: int) -> int:
        """A descriptor of our own to a file nobody else can change; raises StillWritten, OSError.

        A read lease is granted only while no descriptor anywhere is open for writing and no
        writable mapping exists (fcntl(2)); afterwards none can come, as the file has no name.
        """
        try:
            fcntl.fcntl(self._reader, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                raise StillWritten("the file is still open for writing") from None
            raise
        fcntl.fcntl(self._reader, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        if os.fstat(self._reader).st_size != CONTENT_OFFSET + size:
            raise StillWritten("the file has not the size that was announced")
        return os.open(f"/proc/self/fd/{self._reader}", os.O_RDWR | os.O_CLOEXEC)

    def close(self) -> None:
        """Give up our ends."""
        os.close(self._reader)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
