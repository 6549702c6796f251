"""Socket ``qmgr``: take new mail from cleanup, store it, and have it delivered."""

import asyncio
import time
from typing import Any

from postroom.contracts.cleanup import Ready, Refused
from postroom.contracts.qmgr import DropFile, Enqueue, EnqueueFile, LeaseIds, OpenFile, Stored
from postroom.ipc.contract import BrokenContract, Question
from postroom.ipc.server import Answerer, Caller, WithDescriptors
from postroom.mail.queue_id import QueueId, QueueIdAllocator, QueueIdRange, format_queue_id
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.overflow import Overflow
from postroom.queue.qmgr.taken import Taken
from postroom.spool.incoming_file import IncomingFile, StillWritten
from postroom.spool.space import FreeSpace
from postroom.spool.stored import StoredMessage

# Replies in Postfix's words (smtpd(8), cleanup(8)).
DISK_FULL = Refused(452, "4.3.1", "Insufficient system storage")
WRITE_ERROR = Refused(451, "4.3.0", "Error: queue file write error")
# To whoever brings a message while it is being stored, brought by one who was killed.
ON_ITS_WAY = Refused(451, "4.3.0", "Error: the same message is being stored")


class Intake:
    """Answers all callers; each has its own files that it is writing."""

    def __init__(
        self, manager: Manager, ids: QueueIdAllocator, space: FreeSpace, overflow: Overflow
    ) -> None:
        self._manager = manager
        self._spool = manager.spool
        self._ids = ids
        self._space = space
        self._overflow = overflow
        self.taken = Taken(manager.spool)
        # Ids of messages that are being stored, and names of reports.
        self._arriving: set[str] = set()

    def answerer_for(self, caller: Caller) -> Answerer:
        files: dict[QueueId, IncomingFile] = {}
        caller.on_close.append(lambda: _close_all(files))

        async def answer(question: Question[Any], _: list[int]) -> object:
            if isinstance(question, Enqueue):
                return await self._enqueue(question)
            if isinstance(question, LeaseIds):
                return self._lease(question.count)
            if isinstance(question, OpenFile):
                return self._open(question, files)
            if isinstance(question, DropFile):
                return _drop(question, files)
            assert isinstance(question, EnqueueFile)
            return await self._enqueue_file(question, files)

        return answer

    def _lease(self, count: int) -> QueueIdRange:
        return self._ids.lease(count, time.time())

    async def _enqueue(self, question: Enqueue) -> Stored | Refused:
        known = await self._without_storing(question)
        if known is not None:
            return known
        self._claim(question)
        answer: asyncio.Future[Stored | Refused] = asyncio.get_running_loop().create_future()

        def stored(message: StoredMessage | None) -> None:
            # The message is ours from here on, whether or not the caller is still there.
            self._release(question)
            if message is not None:
                self.taken.note(question.queue_id, question.envelope)
                self._overflow.accept(message)
            if not answer.done():
                answer.set_result(Stored() if message is not None else WRITE_ERROR)

        self._spool.add(question.queue_id, question.envelope, question.content, stored)
        return await answer

    def _open(
        self, question: OpenFile, files: dict[QueueId, IncomingFile]
    ) -> WithDescriptors | Refused:
        refused = self._refusal()
        if refused is not None:
            return refused
        if question.queue_id in files:
            raise BrokenContract(f"qmgr: {question.queue_id} is open already")
        try:
            file = self._spool.receive()
        except OSError:
            return WRITE_ERROR
        files[question.queue_id] = file
        return WithDescriptors(Ready(), (file.take_writer(),))

    async def _enqueue_file(
        self, question: EnqueueFile, files: dict[QueueId, IncomingFile]
    ) -> Stored | Refused:
        file = files.pop(question.queue_id, None)
        if file is None:
            raise BrokenContract(f"qmgr: {question.queue_id} was not opened")
        try:
            known = await self._without_storing(question)
            if known is not None:
                return known
            self._claim(question)
            return await asyncio.shield(self._store_file(question, file))
        except StillWritten as error:
            raise BrokenContract(f"qmgr: {question.queue_id}: {error}") from None
        finally:
            file.close()

    async def _store_file(self, question: EnqueueFile, file: IncomingFile) -> Stored | Refused:
        queue_id = question.queue_id
        try:
            message = await self._spool.add_file(queue_id, question.envelope, file, question.size)
        except OSError as error:
            self._manager.log.message_trouble(queue_id, f"cannot be stored: {error}")
            return WRITE_ERROR
        finally:
            self._release(question)
        self.taken.note(queue_id, question.envelope)
        self._overflow.accept(message)
        return Stored()

    async def _without_storing(self, question: Enqueue | EnqueueFile) -> Stored | Refused | None:
        """The answer about a message that came before, or for which there is no room."""
        refused = self._refusal() or await self._overflow.refusal(len(question.envelope.recipients))
        # Only now: it may have come while this one was held up.
        if self.taken.again(question.queue_id, question.envelope):
            return Stored()
        return refused or (ON_ITS_WAY if question.envelope.once in self._arriving else None)

    def _refusal(self) -> Refused | None:
        try:
            return None if self._space.enough() else DISK_FULL
        except OSError:
            return WRITE_ERROR

    def _claim(self, question: Enqueue | EnqueueFile) -> None:
        """Nobody may bring a message under an id that is in use."""
        queue_id = question.queue_id
        canonical = format_queue_id(int(queue_id, 16)) == queue_id
        if not canonical or queue_id in self._arriving or self._spool.holds(queue_id):
            raise BrokenContract(f"qmgr: {queue_id} is no free queue id")
        self._arriving.add(queue_id)
        if question.envelope.once:
            self._arriving.add(question.envelope.once)

    def _release(self, question: Enqueue | EnqueueFile) -> None:
        self._arriving -= {question.queue_id, question.envelope.once}


def _drop(question: DropFile, files: dict[QueueId, IncomingFile]) -> Ready:
    file = files.pop(question.queue_id, None)
    if file is not None:
        file.close()
    return Ready()


def _close_all(files: dict[QueueId, IncomingFile]) -> None:
    for file in files.values():
        file.close()
