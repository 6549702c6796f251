"""The queue while the mail system is stopped: what the queue manager would do, without delivering.

Each question opens the spool and closes it again, as the user whose it is: nothing is left under
way between two of them, and nothing is made that the queue manager could not read. Whoever starts
meanwhile waits (``spool.claim``).
"""

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from postroom.commands.ownership import as_owner
from postroom.contracts.queue_admin import (
    Action,
    Apply,
    ApplyToAll,
    Done,
    DoneToAll,
    Message,
    NotFound,
    Queues,
    Read,
)
from postroom.contracts.showq import Entry, QueueName, WaitingRecipient
from postroom.ipc.contract import Question, Unavailable
from postroom.ipc.line import close_all
from postroom.spool.aside import Warn
from postroom.spool.claim import claim
from postroom.spool.queue_file import State
from postroom.spool.record import Corrupt
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

# So long after the mail system was told to stop its queue manager may still be at work (seconds,
# TimeoutStopSec= of its unit).
PATIENCE = 30.0
_LOOK = 0.1


class QueueAtRest:
    """Is asked as the queue manager is; ``warn`` gets what is wrong with ``directory``."""

    def __init__(self, directory: Path, warn: Warn) -> None:
        self._directory = directory
        self._warn = warn

    async def ask(self, question: Question[Any]) -> Any:
        """The answer; raises Unavailable for what needs the mail system."""
        answer, descriptors = await self.ask_with_descriptors(question)
        close_all(descriptors)
        return answer

    async def ask_with_descriptors(self, question: Question[Any]) -> tuple[Any, list[int]]:
        async with _opened(self._directory, self._warn) as queue:
            match question:
                case Apply(action, queue_ids, queues):
                    return Done(tuple(await queue.apply(action, queue_ids, queues))), []
                case ApplyToAll(action, queues):
                    done = await queue.apply(action, queue.all_of(queues), queues)
                    return DoneToAll(len(done)), []
                case Read(queue_id):
                    return await queue.read(queue_id)
                case _:
                    raise Unavailable("the mail system is stopped")

    def close(self) -> None:
        """Nothing is open between two questions."""


@asynccontextmanager
async def _opened(directory: Path, warn: Warn) -> AsyncIterator["_Queue"]:
    try:
        with as_owner(directory.stat()):
            claimed = await _claim(directory)
            try:
                spool = Spool(directory, warn)
                try:
                    yield _Queue(spool, await spool.survivors(), warn)
                finally:
                    await spool.close(spool.highest, _may_come_again(spool))
            finally:
                os.close(claimed)
    except OSError as error:
        raise Unavailable(f"{directory}: {error.strerror or error}") from None


async def _claim(directory: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return claim(directory)
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_LOOK)


def _may_come_again(spool: Spool) -> list[str]:
    """For the queue manager, who would have known them from the journal."""
    return [*spool.reports, *(each.once for each in spool.known.values() if each.once)]


class _Queue:
    """An open spool. ``under_way`` were being delivered when the mail system was stopped."""

    def __init__(self, spool: Spool, under_way: Sequence[StoredMessage], warn: Warn) -> None:
        self._spool = spool
        self._under_way = {message.queue_id: message for message in under_way}
        self._waiting = {QueueName.DEFERRED: spool.deferred, QueueName.HOLD: spool.hold}
        self._warn = warn

    def all_of(self, queues: Queues) -> list[str]:
        """Every message in some queues."""
        names = list(self._under_way) if QueueName.ACTIVE in queues else []
        for name, directory in self._waiting.items():
            names += directory.queue_ids() if name in queues else []
        return names

    async def apply(self, action: Action, queue_ids: Sequence[str], queues: Queues) -> list[str]:
        """Those it was done to, when that lasts."""
        done = []
        if QueueName.ACTIVE in queues:
            under_way = [self._under_way[name] for name in queue_ids if name in self._under_way]
            done = [m.queue_id for m in under_way if await self._did(action, m)]
        waiting = [name for name in queue_ids if name not in self._under_way]
        for name in self._waiting:
            if name in queues:
                done += await self._to_waiting(action, name, waiting)
        for directory in self._waiting.values():
            await directory.sync()
        return done

    async def _did(self, action: Action, message: StoredMessage) -> bool:
        try:
            return await self._to_under_way(action, message)
        except (Corrupt, OSError) as error:
            self._warn(f"{message.queue_id}: {error}")
            return False

    async def _to_under_way(self, action: Action, message: StoredMessage) -> bool:
        state = message.state.without(message.done)
        if action is Action.DELETE:
            message.forget()
        elif action is Action.HOLD:
            # Whoever releases it has the last word, as with what came to be held.
            released = structs.replace(state.envelope, hold=False)
            held = structs.replace(state, envelope=released)
            await message.wait(self._spool.hold, held, time.time())
        elif action is Action.EXPIRE and not state.expire:
            expired = structs.replace(state, expire=True)
            await message.wait(self._spool.deferred, expired, time.time())
        else:
            return False
        return True

    async def _to_waiting(
        self, action: Action, name: QueueName, queue_ids: Sequence[str]
    ) -> list[str]:
        deferred, hold = self._spool.deferred, self._spool.hold
        match action, name:
            case Action.DELETE, _:
                return await self._waiting[name].remove_many(queue_ids)
            case Action.EXPIRE, _:
                return await self._waiting[name].expire_many(queue_ids)
            case Action.HOLD, QueueName.DEFERRED:
                return await deferred.move_many(queue_ids, hold)
            case Action.RELEASE, QueueName.HOLD:
                return await hold.move_many(queue_ids, deferred)
        return []

    async def read(self, queue_id: str) -> tuple[Message | NotFound, list[int]]:
        message = self._under_way.get(queue_id)
        if message is not None:
            try:
                return _shown(message, QueueName.ACTIVE)
            except Corrupt as error:
                self._warn(f"{queue_id}: {error}")
                return NotFound(), []
        for name, directory in self._waiting.items():
            for stored in await self._spool.load(directory, [queue_id]):
                return _shown(stored, name)
        return NotFound(), []


def _shown(message: StoredMessage, name: QueueName) -> tuple[Message, list[int]]:
    descriptor, offset = message.open()
    state = message.state.without(message.done)
    return Message(_entry(message, name, state), state.envelope, message.size, offset), [descriptor]


def _entry(message: StoredMessage, name: QueueName, state: State) -> Entry:
    envelope = state.envelope
    recipients = tuple(
        WaitingRecipient(recipient.address, state.reason(index))
        for index, recipient in enumerate(envelope.recipients)
    )
    return Entry(
        *(message.queue_id, name, envelope.arrival, message.size, envelope.sender, recipients),
        state.expire,
    )
