"""One process at a time keeps a spool: qmgr(8), or postsuper(1) while that is stopped."""

import errno
import fcntl
import os
from pathlib import Path


def claim(directory: Path) -> int:
    """A descriptor of the directory: as long as it is open, nobody else may claim the same.

    Raises OSError where somebody has it, or it is not there.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        why = "another process is at work on it"
        raise OSError(errno.EBUSY, why, str(directory)) from None
    return descriptor
