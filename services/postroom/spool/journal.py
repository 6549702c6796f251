"""Group commit: all that arrives while one fdatasync(2) runs shares the next one."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from postroom.spool.disk_pace import DiskPace
from postroom.spool.place import Place
from postroom.spool.record import HEADER_SIZE, Kind, frame, size_of
from postroom.spool.segment import SIZE, Segment, filler
from postroom.spool.segments import Segments
from postroom.spool.worker import Worker

# One write should not keep the next batch waiting for long.
MAX_BATCH = 4 * 1024 * 1024
# A mark waits this long (seconds) for a batch to travel with, so that a lone message costs one
# sync and not two; it is also how long after a delivery a loss of power repeats it.
MARK_DELAY = 0.02
# When nothing can be written, new mail is refused at once for so long (seconds): trying may mean
# to fill a segment with zeros.
RETRY_DELAY = 1.0


# Called once: with the place when the batch is on the disk, with None when it failed.
Settled = Callable[[Place | None], None]


class _Entry(NamedTuple):
    """A record to be written, ``size`` bytes in all; ``copy`` is that of a message which has a
    place already."""

    kind: Kind
    number: int
    payload: tuple[bytes, ...]
    length: int
    size: int
    settled: Settled | None
    copy: bool = False


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
        self._segments = Segments(directory, segments, warn)
        self._crowded = crowded
        self._warn = warn
        self._current: Segment | None = None
        self._messages: deque[_Entry] = deque()
        self._marks: deque[_Entry] = deque()
        self._mark_timer: asyncio.TimerHandle | None = None
        # How many of the marks stand at the segment's end, unsynced, and the bytes they take.
        self._early = self._early_size = 0
        self._early_write: asyncio.Handle | None = None
        self._worker = Worker("journal")
        self._pace = DiskPace()
        self._busy = False
        self._idle = asyncio.Event()
        # Why nothing could be written the last time; said once.
        self._trouble = ""
        self._pause: asyncio.TimerHandle | None = None

    def append(
        self, number: int, payload: tuple[bytes, ...], settled: Settled, *, copy: bool = False
    ) -> None:
        """Store a message, or a ``copy`` of one; ``settled`` hears when it is durable."""
        if self._pause is not None:
            asyncio.get_running_loop().call_soon(settled, None)
            return
        length = sum(map(len, payload))
        size = size_of(length)
        self._messages.append(_Entry(Kind.MESSAGE, number, payload, length, size, settled, copy))
        if not self._busy:
            self._start()

    def mark(
        self, kind: Kind, number: int, payload: bytes = b"", settled: Settled | None = None
    ) -> None:
        """Record with the next batch what became of a message; never fails, may take long."""
        self._marks.append(_mark(kind, number, payload, settled))
        if not self._busy and self._pause is None:
            self._await_batch()

    def _await_batch(self) -> None:
        """Marks wait for a message to travel with, but not for long."""
        loop = asyncio.get_running_loop()
        if self._mark_timer is None:
            self._mark_timer = loop.call_later(MARK_DELAY, self._start)
        if self._early_write is None:
            self._early_write = loop.call_soon(self._write_early)

    def release(self, place: Place) -> None:
        """A message no longer needs its place; its DONE mark must have been given before."""
        place.segment.live -= 1

    @property
    def live(self) -> int:
        """How many messages live in the journal."""
        return self._segments.live

    async def close(self) -> None:
        """Commit all that is pending, and shrink to what is kept for the next start."""
        self._start()
        while self._busy:
            self._idle.clear()
            await self._idle.wait()
            if self._marks and self._pause is None:
                self._start()
        self._cancel_timers()
        # For good: a late result is of no message that the next start will not look at again.
        self._busy = True
        self._worker.close()
        self._segments.close()

    def _start(self) -> None:
        self._cancel_timers()
        if not self._busy:
            # All that arrives at this moment is to be in the batch.
            self._busy = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _cancel_timers(self) -> None:
        for timer in (self._mark_timer, self._early_write, self._pause):
            if timer is not None:
                timer.cancel()
        self._mark_timer = self._early_write = self._pause = None

    def _write_early(self) -> None:
        """Write the marks where the next batch will begin with them.

        Unsynced they outlive this process, if not the machine: nothing that was delivered is
        delivered again when we are killed while they wait. This is done in the loop: nobody
        syncs now, and a page of the page cache costs less than to wake a thread.
        """
        self._early_write = None
        segment = self._current
        if segment is None or segment.poisoned:
            return
        position = segment.end + self._early_size
        pieces: list[bytes] = []
        end = position
        for kind, number, payload, _, size, *_ in islice(self._marks, self._early, None):
            pieces += frame(kind, segment.generation, number, payload, first=end == segment.end)
            end += size
        pieces.append(filler(end))
        if end + len(pieces[-1]) > SIZE:
            return
        try:
            segment.write_unsynced(pieces, position)
        except OSError:
            # Their batch will meet the same trouble, and deal with it.
            return
        self._early, self._early_size = len(self._marks), end - segment.end

    def _go_on(self) -> None:
        """Write the next batch, if there is one."""
        if not self._marks and not self._messages:
            self._rest()
            return
        size = (self._marks or self._messages)[0].size
        segment = self._current
        if segment is None or segment.poisoned or segment.end + size > SIZE:
            self._worker.do(self._segments.take_fresh, self._have_segment)
        else:
            self._write(segment, size)

    def _rest(self) -> None:
        self._busy = False
        self._idle.set()

    def _write(self, segment: Segment, least: int) -> None:
        """Have a batch written that holds at least its first record, of that size."""
        position = end = segment.end
        room = end + min(SIZE - end, max(MAX_BATCH, least))
        generation = segment.generation
        batch: list[tuple[_Entry, Place]] = []
        pieces: list[bytes] = []
        for queue in (self._marks, self._messages):
            while queue and end + queue[0].size <= room:
                entry = queue.popleft()
                kind, number, payload, length, size, *_ = entry
                pieces += frame(kind, generation, number, payload, first=end == position)
                batch.append((entry, Place(segment, end + HEADER_SIZE, length)))
                if kind is Kind.MESSAGE:
                    segment.live += 1
                end += size
        pieces.append(filler(end))
        segment.end = end + len(pieces[-1])
        self._early = self._early_size = 0
        do = self._worker.do_here if self._pace.quick else self._worker.do
        do(
            partial(self._pace.measured, partial(segment.write, pieces, position)),
            partial(self._written, segment, batch),
        )

    def _written(
        self, segment: Segment, batch: list[tuple[_Entry, Place]], error: OSError | None
    ) -> None:
        if error is not None:
            first_time = not self._trouble
            self._poison(segment, batch, error)
            if first_time:
                self._go_on()
            else:
                self._give_up(error)
            return
        self._trouble = ""
        for entry, place in batch:
            if entry.settled is not None:
                entry.settled(place)
        if self._messages:
            # What arrived meanwhile is read first, so that it is in the next batch.
            asyncio.get_running_loop().call_soon(self._go_on)
            return
        self._rest()
        if self._marks:
            self._await_batch()

    def _poison(self, segment: Segment, batch: list[tuple[_Entry, Place]], error: OSError) -> None:
        """After a failed sync nobody knows what is on the disk: this segment is written no more.

        The messages of the batch are refused, and marked lest a recovery find them after all;
        marks go to another segment.
        """
        segment.poisoned = True
        self._trouble = str(error.strerror)
        self._warn(f"journal: {segment.path.name}: {error.strerror}: segment given up")
        again: list[_Entry] = []
        for entry, _ in batch:
            if entry.kind is not Kind.MESSAGE:
                again.append(entry)
                continue
            segment.live -= 1
            if not entry.copy:
                again.append(_mark(Kind.DONE, entry.number))
            if entry.settled is not None:
                entry.settled(None)
        self._marks.extendleft(reversed(again))

    def _have_segment(self, segment: Segment | OSError) -> None:
        if isinstance(segment, OSError):
            self._give_up(segment)
            return
        self._current = segment
        self._segments.add(segment)
        if (oldest := self._segments.crowded) is not None:
            self._crowded(oldest)
        self._go_on()

    def _give_up(self, error: OSError) -> None:
        """Nothing can be written: refuse what waits, and keep the marks for a little later."""
        if self._trouble != str(error.strerror):
            self._trouble = str(error.strerror)
            self._warn(f"journal: no segment to write to: {error.strerror}")
        self._pause = asyncio.get_running_loop().call_later(RETRY_DELAY, self._start)
        self._rest()
        refused, self._messages = self._messages, deque()
        for entry in refused:
            if entry.settled is not None:
                entry.settled(None)


def _mark(kind: Kind, number: int, payload: bytes = b"", settled: Settled | None = None) -> _Entry:
    length = len(payload)
    return _Entry(kind, number, (payload,), length, size_of(length), settled)
