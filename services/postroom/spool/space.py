"""When the disk is too full to take more mail (main.cf: queue_minfree, message_size_limit)."""

import os
import time
from pathlib import Path

# As Postfix: room for one and a half of the largest message must be left.
SIZE_FACTOR = 1.5
# Asking the file system for every message would cost more than it tells (seconds).
_PERIOD = 1.0


class FreeSpace:
    """``minimum`` and ``message_limit`` in bytes; a limit of 0 asks for no room."""

    def __init__(self, directory: Path, minimum: int, message_limit: int) -> None:
        self._directory = directory
        self._needed = max(minimum, int(message_limit * SIZE_FACTOR))
        self._until = 0.0
        self._enough = True

    def enough(self) -> bool:
        """Whether a message may be taken; raises OSError."""
        now = time.monotonic()
        if now >= self._until:
            self._until = now + _PERIOD
            self._enough = self._look()
        return self._enough

    def _look(self) -> bool:
        found = os.statvfs(self._directory)
        # File systems that make inodes as they go say that they have none at all.
        inodes = found.f_favail > 0 or found.f_files == 0
        return inodes and found.f_bavail * found.f_frsize >= self._needed
