"""A message that is still in the journal."""

import asyncio
import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId
from postroom.spool.file_batch import FileBatch
from postroom.spool.journal import Journal
from postroom.spool.message_record import content_of, encode_message
from postroom.spool.place import Place
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State, whole_file
from postroom.spool.record import Corrupt, Kind
from postroom.spool.stored import StoredMessage


class Surroundings(NamedTuple):
    """What all messages of one journal share; ``left`` is called with each that leaves it,
    ``spoiled`` with what cannot be read and why, to be set aside."""

    journal: Journal
    files: FileBatch
    left: Callable[["InJournal"], None]
    spoiled: Callable[["InJournal", str], None]


class InJournal(StoredMessage):
    """A small message on its way.

    Its content may be ``kept`` in memory, or is read from the segment again. A segment is not
    used anew while the message lives in it.
    """

    __slots__ = (
        "_done_since",
        "_files",
        "_gone",
        "_journal",
        "_left",
        "_marked",
        "_spoiled",
        "_tried",
        "kept",
        "place",
    )

    def __init__(
        self,
        surroundings: Surroundings,
        queue_id: QueueId,
        envelope: Envelope,
        place: Place,
        size: int,
        *,
        kept: bytes | None = None,
        done: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(queue_id, size, State(envelope), done)
        self.place = place
        self.kept = kept
        self._journal, self._files, self._left, self._spoiled = surroundings
        self._done_since = done
        # A DONE mark was given, though the message may be here until that is durable.
        self._marked = False
        self._gone = False
        # Where it was to wait: a file that was not wanted may be left there.
        self._tried: QueueDirectory | None = None

    def content(self) -> bytes:
        if self.kept is not None:
            return self.kept
        return content_of(self.place.read())

    def open(self) -> tuple[int, int]:
        descriptor = os.memfd_create(self.queue_id, os.MFD_CLOEXEC)
        os.write(descriptor, self.content())
        return descriptor, 0

    def recipients_done(self, indexes: tuple[int, ...]) -> None:
        if self._gone:
            return
        self._done_since = self._done_since.union(indexes)
        self._mark_recipients(indexes)

    def forget(self) -> None:
        if self._gone:
            return
        if self._tried is not None:
            self._tried.remove(self.queue_id)
        self._marked = True
        self._journal.mark(Kind.DONE, self.number)
        self._leave()

    async def wait(self, queue: QueueDirectory, state: State, due: float) -> None:
        self._tried = queue

        def data() -> bytes:
            return whole_file(self.number, self._sound_content(), state)

        await self._files.create(queue.new_file(self.queue_id), data, due)
        await self._mark_durably()
        self._leave()

    def _sound_content(self) -> bytes:
        """Raises Corrupt once it is set aside, or OSError while the disk does not give it."""
        if self._gone:
            raise Corrupt("it was set aside")
        try:
            return self.content()
        except Corrupt as error:
            self._spoiled(self, str(error))
            raise

    def carry(self) -> None:
        """Write the message again into the current segment, so that its old one gets free.

        This is the last moment for what cannot be read: it would keep its segment for ever.
        """
        try:
            payload = self._payload()
        except (Corrupt, OSError) as error:
            self._spoiled(self, str(error))
        else:
            self._journal.append(self.number, payload, self._carried, copy=True)

    def _payload(self) -> tuple[bytes, ...]:
        if self.kept is not None:
            return encode_message(self.state.envelope, self.kept)
        return (self.place.read(),)

    def _carried(self, place: Place | None) -> None:
        if place is None:
            return
        if self._marked:
            # The mark may have gone to the disk in front of the copy.
            self._journal.mark(Kind.DONE, self.number)
        if self._gone:
            self._journal.release(place)
            return
        old, self.place = self.place, place
        self._journal.release(old)
        if self._done_since:
            self._mark_recipients(tuple(self._done_since))

    def _leave(self) -> None:
        self._gone = True
        self._journal.release(self.place)
        self._left(self)

    def _mark_recipients(self, indexes: tuple[int, ...]) -> None:
        self._journal.mark(Kind.RECIPIENTS_DONE, self.number, msgspec.msgpack.encode(indexes))

    async def _mark_durably(self) -> None:
        """Else, were the file delivered and gone, the journal could bring the message back."""
        marked = asyncio.get_running_loop().create_future()

        def settled(_place: Place | None) -> None:
            if not marked.done():
                marked.set_result(None)

        self._marked = True
        self._journal.mark(Kind.DONE, self.number, settled=settled)
        await marked
