"""Group commit: all that arrives while one fdatasync(2) runs shares the next one."""

import asyncio
import errno
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from postroom.spool.record import HEADER_SIZE, Corrupt, Kind, frame, record_at, size_of
from postroom.spool.segment import SIZE, Segment

# Two segments are kept and used in turn; more are made only while old mail pins the oldest.
MIN_SEGMENTS = 2
# The most disk space the journal takes: 8 x 32 MiB.
MAX_SEGMENTS = 8
# From here on, what pins the oldest segment is asked to leave for a file of its own.
CROWDED = 4
# One write should not keep the next batch waiting for long.
MAX_BATCH = 4 * 1024 * 1024
# A mark waits this long (seconds) for a batch to travel with, so that a lone message costs one
# sync and not two; it is also how long after a delivery a crash repeats it.
MARK_DELAY = 0.02
# The lower bits of a generation are random; those above count. Content lies in the journal as its
# sender wrote it, and of a segment used again some of it is read at recovery: who could guess
# the generation could send records.
SECRET_BITS = 36
# How long to wait (seconds) before marks that could not be written are tried elsewhere.
RETRY_DELAY = 1.0


class Place(NamedTuple):
    """Where a message's payload lies."""

    segment: Segment
    start: int
    size: int

    def read(self) -> bytes:
        """The payload; raises Corrupt or OSError."""
        data = self.segment.read(self.start - HEADER_SIZE, HEADER_SIZE + self.size)
        record = record_at(data, 0, self.segment.generation)
        if record is None or not record.intact:
            raise Corrupt(f"{self.segment.path.name} does not verify at {self.start}")
        return data[HEADER_SIZE:]


# Called once: with the place when the batch is on the disk, with None when it failed.
Settled = Callable[[Place | None], None]


class _Pending(NamedTuple):
    kind: Kind
    number: int
    payload: bytes
    settled: Settled | None
    size: int


class Journal:
    """Writes records of messages, and marks of what became of them, in batches.

    ``segments`` are those found at start, oldest first, with their live messages counted.
    ``crowded`` is told which segment should be freed of its messages; ``warn`` gets a text for
    the log when writing failed.
    """

    def __init__(
        self,
        directory: Path,
        segments: Iterable[Segment],
        crowded: Callable[[Segment], None],
        warn: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._segments = deque(segments)
        self._crowded = crowded
        self._warn = warn
        self._current: Segment | None = None
        self._generation = max((segment.generation for segment in self._segments), default=0)
        self._messages: deque[_Pending] = deque()
        self._marks: deque[_Pending] = deque()
        self._committer: asyncio.Task[None] | None = None
        self._mark_timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, "journal")

    def append(self, number: int, payload: bytes, settled: Settled) -> None:
        """Store a message; ``settled`` hears when it is durable."""
        size = size_of(len(payload))
        self._messages.append(_Pending(Kind.MESSAGE, number, payload, settled, size))
        self._start()

    def mark(
        self, kind: Kind, number: int, payload: bytes = b"", settled: Settled | None = None
    ) -> None:
        """Record with the next batch what became of a message; never fails, may take long."""
        self._marks.append(_Pending(kind, number, payload, settled, size_of(len(payload))))
        if self._committer is None and self._mark_timer is None:
            loop = asyncio.get_running_loop()
            self._mark_timer = loop.call_later(MARK_DELAY, self._start)

    def release(self, place: Place) -> None:
        """A message no longer needs its place; its DONE mark must have been given before."""
        place.segment.live -= 1

    @property
    def live(self) -> int:
        """How many messages live in the journal."""
        return sum(segment.live for segment in self._segments)

    async def close(self) -> None:
        """Commit all that is pending, and shrink to what is kept for the next start."""
        self._start()
        while self._committer is not None:
            await asyncio.wait({self._committer})
        while len(self._segments) > MIN_SEGMENTS and self._segments[0].live == 0:
            self._segments.popleft().remove()
        if self._mark_timer is not None:
            self._mark_timer.cancel()
        self._thread.shutdown()
        for segment in self._segments:
            segment.close()

    def _start(self) -> None:
        if self._mark_timer is not None:
            self._mark_timer.cancel()
            self._mark_timer = None
        if self._committer is None and (self._messages or self._marks):
            self._committer = asyncio.ensure_future(self._commit_all())

    async def _commit_all(self) -> None:
        """Write batch after batch while there is something to write."""
        try:
            while self._messages or self._marks:
                least = (self._marks or self._messages)[0].size
                segment = await self._segment_with_room(least)
                await self._commit(segment, self._take_batch(segment, least))
        except OSError as error:
            self._give_up(error)
        finally:
            self._committer = None

    def _take_batch(self, segment: Segment, least: int) -> list[_Pending]:
        room = min(SIZE - segment.end, max(MAX_BATCH, least))
        batch: list[_Pending] = []
        for queue in (self._marks, self._messages):
            while queue and (size := queue[0].size) <= room:
                batch.append(queue.popleft())
                room -= size
        return batch

    async def _commit(self, segment: Segment, batch: list[_Pending]) -> None:
        position = segment.end
        pieces: list[bytes] = []
        places: list[Place] = []
        for pending in batch:
            pieces += frame(pending.kind, segment.generation, pending.number, pending.payload)
            places.append(Place(segment, segment.end + HEADER_SIZE, len(pending.payload)))
            segment.end += pending.size
        messages = sum(pending.kind is Kind.MESSAGE for pending in batch)
        segment.live += messages
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, segment.write, pieces, position)
        except OSError as error:
            segment.live -= messages
            self._poison(segment, batch, error)
            return
        for pending, place in zip(batch, places, strict=True):
            if pending.settled is not None:
                pending.settled(place)

    def _poison(self, segment: Segment, batch: list[_Pending], error: OSError) -> None:
        """After a failed sync nobody knows what is on the disk: this segment is written no more.

        The messages of the batch are refused; the marks go to another segment.
        """
        segment.poisoned = True
        self._warn(f"journal: {segment.path.name}: {error.strerror}: segment given up")
        self._marks.extendleft(
            pending for pending in reversed(batch) if pending.kind is not Kind.MESSAGE
        )
        for pending in batch:
            if pending.kind is Kind.MESSAGE and pending.settled is not None:
                pending.settled(None)

    def _give_up(self, error: OSError) -> None:
        """No segment can be had: refuse what waits, and keep the marks for later."""
        self._warn(f"journal: no segment to write to: {error.strerror}")
        refused, self._messages = self._messages, deque()
        for pending in refused:
            if pending.settled is not None:
                pending.settled(None)
        if self._marks:
            loop = asyncio.get_running_loop()
            self._mark_timer = loop.call_later(RETRY_DELAY, self._start)

    async def _segment_with_room(self, size: int) -> Segment:
        segment = self._current
        if segment is None or segment.poisoned or segment.end + size > SIZE:
            loop = asyncio.get_running_loop()
            segment = await loop.run_in_executor(self._thread, self._next_segment)
            self._current = segment
            self._segments.append(segment)
            if len(self._segments) > CROWDED:
                self._crowded(self._segments[0])
        return segment

    def _next_segment(self) -> Segment:
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
            segment.remove()
            self._segments.popleft()
        if len(self._segments) >= MAX_SEGMENTS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Segment.create(self._directory, self._generation)


def _generation_after(generation: int) -> int:
    return ((generation >> SECRET_BITS) + 1) << SECRET_BITS | secrets.randbits(SECRET_BITS)
