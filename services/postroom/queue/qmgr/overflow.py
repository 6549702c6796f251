"""New mail beyond what the active queue holds waits on the disk; beyond that, it is refused."""

import asyncio
import time

from postroom.contracts.cleanup import Refused
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.inflow import Inflow
from postroom.queue.qmgr.manager import Manager
from postroom.spool.record import Corrupt
from postroom.spool.stored import StoredMessage

# The journal has room for 256 MiB. New mail goes on to files of its own when this much of it
# is on its way (bytes).
MAX_VOLUME = 128 * 1024 * 1024
# So many new messages may be on their way from the journal to a file, because there are too
# many; then callers have to wait. (Those that are deferred count as active meanwhile.)
MAX_WRITING = 1000
# How long they wait (seconds) before they are told to come back later.
PATIENCE = 30.0
QUEUE_FULL = Refused(452, "4.3.1", "Error: too much mail in the queue")


class Overflow:
    """Decides for each new message: deliver now, or let it wait for its turn in deferred/."""

    def __init__(self, manager: Manager, deferred: DeferredQueue, inflow: Inflow) -> None:
        self._manager = manager
        self._deferred = deferred
        self._inflow = inflow
        self._under_way: set[asyncio.Task[None]] = set()
        self._written = asyncio.Event()

    async def refusal(self, recipients: int) -> Refused | None:
        """Wait, the longer the more new mail is ahead of the queue; a refusal if it is too long.

        For a message with so many recipients."""
        pause = self._inflow.pause(time.monotonic(), room=self._has_room_for(recipients))
        if not pause and len(self._under_way) < MAX_WRITING:
            return None
        if pause > PATIENCE:
            return QUEUE_FULL
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.sleep(pause)
                while len(self._under_way) >= MAX_WRITING:
                    self._written.clear()
                    await self._written.wait()
        except TimeoutError:
            return QUEUE_FULL
        return None

    def accept(self, message: StoredMessage) -> None:
        """Take over a message that is stored."""
        envelope = message.state.envelope
        if envelope.hold or self._has_room_for(len(envelope.recipients)):
            self._manager.activate(message)
            return
        task = asyncio.ensure_future(self._put_aside(message))
        self._under_way.add(task)
        task.add_done_callback(self._was_written)

    def _was_written(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._written.set()

    def _has_room_for(self, recipients: int) -> bool:
        active, spool = self._manager.active, self._manager.spool
        return active.has_room_for(recipients) and spool.volume < MAX_VOLUME

    async def _put_aside(self, message: StoredMessage) -> None:
        """Due at once; a run of the queue takes it as soon as there is room."""
        try:
            with self._manager.activity:
                await message.wait(self._manager.spool.deferred, message.state, time.time())
        except (Corrupt, OSError) as error:
            # No place to wait: better one too many in memory.
            self._manager.log.message_trouble(message.queue_id, f"cannot wait: {error}")
            self._manager.activate(message)
        else:
            self._deferred.run()
