"""A large message on its way into a file that qmgr opened; it has no name until it is whole."""

import asyncio
import os
from concurrent.futures import Future, ThreadPoolExecutor

from postroom.cleanup.refusal import WRITE_PROBLEM, Refusal
from postroom.contracts.cleanup import Refused
from postroom.contracts.qmgr import DropFile, EnqueueFile, OpenFile, Stored
from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId
from postroom.maillog.cleanup import CleanupLog

# Where write(2) may wait for the disk. More threads than this would only wait together.
_WRITERS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="queue-file")
# Files that nobody waits for, until qmgr has heard it.
_GIVEN_UP: set[asyncio.Task[None]] = set()
# So many bytes are written at a time: a thread's turn costs as much as this does.
_GATHERED = 262_144


class QueueFile:
    """Owns its descriptor and its connection until ``close``; what is not enqueued is gone."""

    def __init__(
        self, qmgr: Conversation, queue_id: QueueId, descriptor: int, log: CleanupLog
    ) -> None:
        self._qmgr = qmgr
        self._queue_id = queue_id
        self._descriptor: int | None = descriptor
        self._log = log
        self._gathered: list[bytes] = []
        self._size = 0
        self._written = 0
        self._write: Future[None] | None = None
        # Whether qmgr waits for the message.
        self._open = True
        # Where the content begins: what is before it is qmgr's.
        self._start = os.lseek(descriptor, 0, os.SEEK_CUR)

    async def write(self, data: bytes) -> None:
        """Append all of ``data``, now or with what follows; raises Refusal."""
        self._gathered.append(data)
        self._size += len(data)
        if self._size - self._written >= _GATHERED:
            await self._flush()

    async def shared(self) -> tuple[int, int]:
        """All that was written, for others to read: our descriptor, and where in it that begins.

        Raises Refusal.
        """
        await self._flush()
        assert self._descriptor is not None
        return self._descriptor, self._start

    async def withdraw(self) -> int:
        """Leave the queue, so that the message may come in another file; what was written is
        read from the descriptor that comes back, which is the caller's. Raises Unavailable."""
        assert self._descriptor is not None
        descriptor = os.dup(self._descriptor)
        try:
            self._close_descriptor()
            await self._drop()
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    async def enqueue(self, envelope: Envelope) -> Stored | Refused:
        """Close the file and have it made durable; raises Refusal or Unavailable."""
        await self._flush()
        self._close_descriptor()
        self._open = False
        return await self._qmgr.ask(EnqueueFile(self._queue_id, envelope, self._size))

    async def _flush(self) -> None:
        """The loop goes on while the disk is slow."""
        assert self._descriptor is not None
        pieces, self._gathered = self._gathered, []
        self._write = _WRITERS.submit(_write_all, self._descriptor, b"".join(pieces))
        try:
            await asyncio.wrap_future(self._write)
        except OSError as error:
            self._log.store_problem(self._queue_id, str(error.strerror))
            raise Refusal(WRITE_PROBLEM) from None
        self._written = self._size

    def close(self) -> None:
        """Done with it, or gone before it was done, which qmgr has to hear: our connection to it
        goes on with other messages."""
        self._close_descriptor()
        if self._open:
            task = asyncio.ensure_future(self._give_up())
            _GIVEN_UP.add(task)
            task.add_done_callback(_GIVEN_UP.discard)
        else:
            self._qmgr.close()

    async def _give_up(self) -> None:
        try:
            await self._drop()
        except Unavailable:
            return
        finally:
            self._qmgr.close()

    async def _drop(self) -> None:
        self._open = False
        await self._qmgr.ask(DropFile(self._queue_id))

    def _close_descriptor(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if self._write is None:
            os.close(descriptor)
        else:
            # After the last write: its thread may still be at work when its caller has gone,
            # and must not find another file behind the same number.
            self._write.add_done_callback(lambda _: os.close(descriptor))


async def open_queue_file(client: Client, queue_id: QueueId, log: CleanupLog) -> QueueFile:
    """Raises Refusal when qmgr takes no more, Unavailable when it is away."""
    # The file can be enqueued only by the connection that opened it.
    qmgr = Conversation(client)
    try:
        answer, descriptors = await qmgr.ask_with_descriptors(OpenFile(queue_id))
        if isinstance(answer, Refused):
            log.store_problem(queue_id, answer.text)
            raise Refusal(answer)
        if len(descriptors) != 1:
            raise Unavailable("qmgr sent no file")
    except BaseException:
        qmgr.close()
        raise
    return QueueFile(qmgr, queue_id, descriptors[0], log)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
