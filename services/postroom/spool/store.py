"""The spool as a whole: where messages are put, found, moved and forgotten."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId, format_queue_id
from postroom.spool import marker
from postroom.spool.aside import Warn, save_aside, set_aside
from postroom.spool.file_batch import FileBatch
from postroom.spool.file_work import complete_file, load
from postroom.spool.in_file import InFile
from postroom.spool.in_journal import InJournal, Surroundings
from postroom.spool.incoming_file import IncomingFile
from postroom.spool.journal import Journal
from postroom.spool.message_record import encode_message
from postroom.spool.opening import JOURNAL, open_spool
from postroom.spool.place import Place
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import Contents, State
from postroom.spool.queue_files import ACTIVE, DEFERRED, HOLD, INCOMING
from postroom.spool.record import HEADER_SIZE, Corrupt, Kind
from postroom.spool.segment import Segment
from postroom.spool.stored import StoredMessage

# Content of new mail that stays in memory, so that delivery need not read it again (bytes).
MAX_KEPT = 16 * 1024 * 1024
# fsync(2) of several files at once shares the file system's own commits.
_FILE_THREADS = 4
# What could not be written is tried again so often (seconds).
RETRY_DELAY = 5.0

# Called once: with the message when it is durable, with None when it could not be stored.
Stored = Callable[[StoredMessage | None], None]


class Spool:
    """Keeps messages in ``directory``, which belongs to this process alone.

    Opening it recovers what an earlier run left; raises OSError if it cannot be used at all.
    ``warn`` gets texts for the log. ``volume`` is how many bytes of content the journal holds.
    ``reports`` are names that ``close`` was given in the run before, ``known`` the envelopes of
    messages from before a crash that may come again, by their numbers, done or not.
    """

    def __init__(self, directory: Path, warn: Warn) -> None:
        opened = open_spool(directory, warn)
        self.directory = directory
        self.highest = opened.highest
        self.known = opened.known
        self.reports = opened.reports
        self.volume = 0
        self._kept = 0
        self._warn = warn
        self._executor = ThreadPoolExecutor(_FILE_THREADS, "spool")
        self._background: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()
        # What could not be read or written and why, so that the log tells it once.
        self._troubles: dict[str, str] = {}
        self.incoming, self.active, self.deferred, self.hold = (
            QueueDirectory(directory / name, self._executor, opened.newest, warn)
            for name in (INCOMING, ACTIVE, DEFERRED, HOLD)
        )
        self._journal = Journal(directory / JOURNAL, opened.segments, self._crowded, warn)
        self._surroundings = Surroundings(
            self._journal,
            FileBatch(self._executor),
            self._left,
            self._spoiled,
        )
        self._in_journal: dict[int, InJournal] = {}
        for number in opened.superseded:
            self._journal.mark(Kind.DONE, number)
        for number, (envelope, place, size, done) in opened.survivors.items():
            self._join(number, envelope, place, size, done=done)
        self._large = opened.active

    async def survivors(self) -> list[StoredMessage]:
        """What was on its way when the last run ended, oldest first; to be called once."""
        found: list[StoredMessage] = list(self._in_journal.values())
        loaded = await self.load(self.active, self._large)
        for queue_id in set(self._large).difference(message.queue_id for message in loaded):
            self._put_off(queue_id)
        return sorted([*found, *loaded], key=lambda message: message.number)

    def _put_off(self, queue_id: QueueId) -> None:
        """What cannot be read now waits with what is tried again."""
        path = self.active.file(queue_id)
        try:
            if os.path.lexists(path):
                path.rename(self.deferred.new_file(queue_id))
        except OSError as error:
            self._warn(f"active/{queue_id}: stays until the next start: {error.strerror}")

    def add(self, queue_id: QueueId, envelope: Envelope, content: bytes, stored: Stored) -> None:
        """Store a small message; ``stored`` hears when it is durable."""
        number = int(queue_id, 16)

        def settled(place: Place | None) -> None:
            if place is None:
                stored(None)
            else:
                kept = content if self._kept + len(content) <= MAX_KEPT else None
                stored(self._join(number, envelope, place, len(content), kept=kept))

        self._journal.append(number, encode_message(envelope, content), settled)

    def receive(self) -> IncomingFile:
        """A file for somebody to write a large message to; raises OSError."""
        return IncomingFile(self.incoming.path)

    async def add_file(
        self, queue_id: QueueId, envelope: Envelope, incoming: IncomingFile, size: int
    ) -> StoredMessage:
        """Store the large message in ``incoming``; raises StillWritten or OSError."""
        loop = asyncio.get_running_loop()
        descriptor = incoming.claim(size)
        complete = partial(
            complete_file,
            incoming=self.incoming.file(queue_id),
            path=self.active.new_file(queue_id),
        )
        try:
            contents = await loop.run_in_executor(
                self._executor, complete, descriptor, size, State(envelope)
            )
        except OSError:
            # Refused mail is not to be found at the next start.
            self.incoming.remove(queue_id)
            raise
        finally:
            os.close(descriptor)
        return InFile(queue_id, self.active, contents, self._executor, self._in_background)

    def holds(self, queue_id: QueueId) -> bool:
        """Whether the id is taken."""
        return (
            int(queue_id, 16) in self._in_journal
            or self.active.holds(queue_id)
            or self.deferred.holds(queue_id)
            or self.hold.holds(queue_id)
        )

    async def load(
        self, queue: QueueDirectory, queue_ids: Sequence[QueueId], *, verify: bool = True
    ) -> list[InFile]:
        """Messages that wait; those that are not there (any more) or not sound are left out."""
        loop = asyncio.get_running_loop()
        read = partial(self._read, queue, verify=verify)
        found = await loop.run_in_executor(self._executor, lambda: list(map(read, queue_ids)))
        return [
            InFile(queue_id, queue, contents, self._executor, self._in_background)
            for queue_id, contents in zip(queue_ids, found, strict=True)
            if contents is not None and not queue.is_doomed(queue_id)
        ]

    def _read(self, queue: QueueDirectory, queue_id: QueueId, *, verify: bool) -> Contents | None:
        path = queue.file(queue_id)
        try:
            contents = load(path, int(queue_id, 16), verify=verify)
        except FileNotFoundError:
            return None
        except Corrupt as error:
            set_aside(path, str(error), self._warn)
        except OSError as error:
            self._troubled(f"{queue.path.name}/{queue_id}", error)
        else:
            self._troubles.pop(f"{queue.path.name}/{queue_id}", None)
            return contents
        return None

    def _troubled(self, what: str, error: OSError) -> None:
        """Say it once, and of a whole file system that cannot be written to only that."""
        if error.errno == errno.EROFS:
            what = "spool"
        why = str(error.strerror)
        if self._troubles.get(what) != why:
            self._troubles[what] = why
            self._warn(f"{what}: {why}")

    async def close(self, highest: int, reports: Iterable[str] = ()) -> None:
        """Bring everything to an end; ``highest`` is the highest number used for a queue id,
        ``reports`` are names of messages that may come again in the next run."""
        self._closing.set()
        while self._background:
            await asyncio.wait(self._background)
        for queue in (self.incoming, self.active, self.deferred, self.hold):
            await queue.settle()
        await self._journal.close()
        self._executor.shutdown()
        if self._journal.live == 0 and not self.active.queue_ids():
            try:
                marker.end(self.directory / JOURNAL, highest, reports)
            except OSError as error:
                # Then the next start reads the journal, as after a crash.
                self._warn(f"journal: cannot be marked as empty: {error.strerror}")

    def _join(
        self,
        number: int,
        envelope: Envelope,
        place: Place,
        size: int,
        *,
        kept: bytes | None = None,
        done: frozenset[int] = frozenset(),
    ) -> InJournal:
        queue_id = format_queue_id(number)
        message = InJournal(
            self._surroundings, queue_id, envelope, place, size, kept=kept, done=done
        )
        self._in_journal[number] = message
        self.volume += size
        self._kept += len(kept or b"")
        return message

    def _left(self, message: InJournal) -> None:
        del self._in_journal[message.number]
        self.volume -= message.size
        self._kept -= len(message.kept or b"")

    def _crowded(self, segment: Segment) -> None:
        for message in tuple(self._in_journal.values()):
            if message.place.segment is segment:
                message.carry()

    def _spoiled(self, message: InJournal, why: str) -> None:
        """Set aside what is left of a message, or its whole segment if that cannot be done."""
        place = message.place
        segment = place.segment
        name = f"{message.queue_id}.{segment.path.stem}.{place.start - HEADER_SIZE}"
        why = f"message {message.queue_id}: {why}"
        if not save_aside(self.directory, name, place.read_anyway(), why, self._warn):
            segment.spoiled = True
        message.forget()

    def _in_background(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.ensure_future(self._until_done(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        """Once more even while we close; what is not written then is lost."""
        last_time = False
        while not last_time:
            last_time = self._closing.is_set()
            try:
                await work()
            except FileNotFoundError:
                return
            except OSError as error:
                self._troubled(f"spool: {error.filename or ''}", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), RETRY_DELAY)
            else:
                return
