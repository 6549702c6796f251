"""The segments of a journal: how many there are, and which of them is written next."""

import errno
import os
import secrets
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from postroom.spool.aside import Warn
from postroom.spool.segment import Segment

# Two are kept and used in turn; more are made only while old mail pins the oldest.
MIN_SEGMENTS = 2
# The most disk space the journal takes: 8 x 32 MiB.
MAX_SEGMENTS = 8
# From here on, what pins the oldest segment is asked to leave for a file of its own.
CROWDED = 4
# The lower bits of a generation are random; those above count. Content lies in the journal as its
# sender wrote it, and of a segment used again some of it is read at recovery: who could guess
# the generation could send records.
SECRET_BITS = 36


class Segments:
    """Oldest first. ``found`` are those of the start, with their live messages counted."""

    def __init__(self, directory: Path, found: Iterable[Segment], warn: Warn) -> None:
        self._directory = directory
        self._segments = deque(found)
        self._generation = max((segment.generation for segment in self._segments), default=0)
        self._warn = warn

    @property
    def live(self) -> int:
        """How many messages live in them."""
        return sum(segment.live for segment in self._segments)

    @property
    def crowded(self) -> Segment | None:
        """The one that should be freed of its messages, if there are many."""
        return self._segments[0] if len(self._segments) > CROWDED else None

    def add(self, segment: Segment) -> None:
        """This one is written from now on."""
        self._segments.append(segment)

    def take_fresh(self) -> Segment:
        """The oldest segment if nothing lives in it, else a new one; raises OSError.

        Strictly the oldest: a mark may stand in any later segment than its message, and must
        not be overwritten while the message could still be read.
        """
        self._generation = _generation_after(self._generation)
        while len(self._segments) >= MIN_SEGMENTS and self._segments[0].live == 0:
            segment = self._segments[0]
            if segment.reusable:
                segment.recycle(self._generation)
                self._segments.popleft()
                return segment
            segment.remove(self._warn)
            self._segments.popleft()
        if len(self._segments) >= MAX_SEGMENTS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Segment.create(self._directory, self._generation)

    def close(self) -> None:
        """Shrink to what is kept for the next start."""
        while len(self._segments) > MIN_SEGMENTS and self._segments[0].live == 0:
            self._segments.popleft().remove(self._warn)
        for segment in self._segments:
            segment.close()


def _generation_after(generation: int) -> int:
    return ((generation >> SECRET_BITS) + 1) << SECRET_BITS | secrets.randbits(SECRET_BITS)
