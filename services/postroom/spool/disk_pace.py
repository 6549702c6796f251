"""Whether to wait for the disk, or to have a thread wait.

A thread costs two wake-ups and the race for the interpreter: 5 to 9 % of all CPU time that goes
into a small message. A disk that answers within a fraction of a millisecond is sooner done; while
a slow one works, everything else must go on.
"""

import time
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")

# Seconds. No caller of ours notices that it waits for so long.
QUICK = 0.001
# How much of what is expected the last measurement makes up.
_WEIGHT = 0.125


class DiskPace:
    """How long pieces of work take lately."""

    def __init__(self) -> None:
        # Slow, until it is known better.
        self._seconds = 2 * QUICK

    @property
    def quick(self) -> bool:
        return self._seconds < QUICK

    def measured(self, work: Callable[[], R]) -> R:
        """Do a piece of work, and look at the clock; may be called in a thread."""
        began = time.monotonic()
        try:
            return work()
        finally:
            self._seconds += _WEIGHT * (time.monotonic() - began - self._seconds)
