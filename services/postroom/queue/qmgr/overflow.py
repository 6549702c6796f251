"""New mail beyond what the active queue holds waits on the disk; beyond that, it is refused."""

import asyncio
import time

from postroom.contracts.cleanup import Refused
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.manager import Manager
from postroom.spool.record import Corrupt
from postroom.spool.stored import StoredMessage

# The journal has room for 256 MiB. New mail goes on to files of its own when this much of it
# is on its way (bytes).
MAX_VOLUME = 128 * 1024 * 1024
# So many messages may be on their way from the journal to a file, because they are deferred or
# there are too many; then callers have to wait.
MAX_WRITING = 1000
# How long they wait (seconds) before they are told to come back later.
PATIENCE = 30.0
QUEUE_FULL = Refused(452, "4.3.1", "Error: too much mail in the queue")


class Overflow:
    """Decides for each new message: deliver now, or let it wait for its turn in deferred/."""

    def __init__(self, manager: Manager, deferred: DeferredQueue) -> None:
        self._manager = manager
        self._deferred = deferred
        self._under_way: set[asyncio.Task[None]] = set()

    async def refusal(self) -> Refused | None:
        """Wait while too much is being written to files; a refusal if that takes too long."""
        spool = self._manager.spool
        if spool.writing < MAX_WRITING:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                while spool.writing >= MAX_WRITING:
                    spool.wrote.clear()
                    await spool.wrote.wait()
        except TimeoutError:
            return QUEUE_FULL
        return None

    def accept(self, message: StoredMessage) -> None:
        """Take over a message that is stored."""
        if self._manager.active.has_room and self._manager.spool.volume < MAX_VOLUME:
            self._manager.activate(message)
            return
        task = asyncio.ensure_future(self._put_aside(message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

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
