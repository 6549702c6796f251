"""A message that has a file of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

from postroom.mail.queue_id import QueueId
from postroom.spool.file_work import append_record, load_content, open_for_reading, set_due
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import CONTENT_OFFSET, Contents, State, done_record, state_record
from postroom.spool.stored import StoredMessage

# Does a piece of work that nobody waits for, again and again while it raises OSError.
InBackground = Callable[[Callable[[], Awaitable[None]]], None]


class InFile(StoredMessage):
    """A large, deferred or held message, to be tried at ``due``. Its records are appended one
    at a time."""

    def __init__(
        self,
        queue_id: QueueId,
        queue: QueueDirectory,
        contents: Contents,
        executor: Executor,
        in_background: InBackground,
    ) -> None:
        super().__init__(queue_id, contents.size, contents.whole_state, contents.done)
        self.queue = queue
        self.due = contents.due
        self._contents = contents
        self._end = contents.end
        self._executor = executor
        self._in_background = in_background
        self._lock = asyncio.Lock()
        self._forgotten = False
        # Who was served and is not recorded so far.
        self._unrecorded: set[int] = set()

    def content(self) -> bytes:
        return load_content(self.queue.file(self.queue_id), self._contents)

    def open(self) -> tuple[int, int]:
        return open_for_reading(self.queue.file(self.queue_id)), CONTENT_OFFSET

    def recipients_done(self, indexes: tuple[int, ...]) -> None:
        self._unrecorded.update(indexes)
        self._in_background(self._record_done)

    def forget(self) -> None:
        self._forgotten = True
        self.queue.remove(self.queue_id)

    async def wait(self, queue: QueueDirectory, state: State, due: float) -> None:
        # Without a recipient the less, losing this record in a crash costs nothing.
        fewer = len(state.envelope.recipients) < len(self.state.envelope.recipients)
        async with self._lock:
            await self._append(state_record(self.number, state), sync=fewer)
            self._unrecorded.clear()
        await self.postpone(due)
        if queue is not self.queue:
            await self.move(queue)

    async def postpone(self, due: float) -> None:
        """Change when it is to be tried next; raises OSError."""
        await self._run(set_due, self.queue.file(self.queue_id), due)

    async def move(self, queue: QueueDirectory) -> None:
        """Into another directory, durably; raises OSError."""
        old = self.queue
        await self._run(old.file(self.queue_id).rename, queue.new_file(self.queue_id))
        self.queue = queue
        await queue.sync()
        await old.sync()

    async def _record_done(self) -> None:
        async with self._lock:
            if indexes := tuple(sorted(self._unrecorded)):
                offset = self._contents.state_offset
                await self._append(done_record(self.number, offset, indexes), sync=True)
                self._unrecorded.difference_update(indexes)

    async def _append(self, record: bytes, *, sync: bool) -> None:
        if self._forgotten:
            return
        path = self.queue.file(self.queue_id)
        loop = asyncio.get_running_loop()
        self._end = await loop.run_in_executor(
            self._executor, lambda: append_record(path, self._end, record, sync=sync)
        )

    async def _run(self, work: Callable[..., object], *arguments: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
