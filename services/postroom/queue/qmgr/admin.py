"""Socket ``queue-admin``: what postsuper(1) and postcat(1) ask for."""

import asyncio
import time
from typing import Any

from msgspec import structs

from postroom.contracts.queue_admin import Action, Apply, Done, Message, NotFound, Read
from postroom.contracts.showq import QueueName
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller, WithDescriptors
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.entries import active_entry, waiting_entry
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.message import ActiveMessage, Order
from postroom.spool.file_work import set_due
from postroom.spool.queue_directory import QueueDirectory

_ORDERS = {
    Action.DELETE: Order.DELETE,
    Action.HOLD: Order.HOLD,
    Action.REQUEUE: Order.REQUEUE,
}
# After so many messages, other work has its turn.
_PORTION = 100
_EXPIRES = frozenset((Action.EXPIRE, Action.FORCE_EXPIRE))


class Admin:
    """Acts on active messages by an order that is carried out once their running deliveries
    are over, on waiting ones at once."""

    def __init__(self, manager: Manager, deferred: DeferredQueue) -> None:
        self._manager = manager
        self._deferred = deferred
        self._spool = manager.spool
        self._waiting = (
            (self._spool.deferred, QueueName.DEFERRED),
            (self._spool.hold, QueueName.HOLD),
        )

    def answerer_for(self, _: Caller) -> Answerer:
        async def answer(question: Question[Any], _: list[int]) -> object:
            if isinstance(question, Read):
                return await self._read(question.queue_id)
            assert isinstance(question, Apply)
            return await self._apply(question)

        return answer

    async def _apply(self, question: Apply) -> Done:
        names = [question.queue_id] if question.queue_id else await self._names(question.queues)
        count = 0
        for number, queue_id in enumerate(names, 1):
            count += await self._to_one(question.action, queue_id, question.queues)
            if number % _PORTION == 0:
                await asyncio.sleep(0)
        if count:
            await self._spool.deferred.sync()
            await self._spool.hold.sync()
            if question.action not in (Action.DELETE, Action.HOLD):
                self._deferred.run()
        return Done(count)

    async def _names(self, queues: tuple[QueueName, ...]) -> list[str]:
        names: list[str] = []
        if QueueName.ACTIVE in queues:
            names += [message.queue_id for message in self._manager.active]
        for queue, name in self._waiting:
            if name in queues:
                names += await asyncio.to_thread(queue.queue_ids)
        return names

    async def _to_one(self, action: Action, queue_id: str, queues: tuple[QueueName, ...]) -> bool:
        """``queues`` are those to look in, all if there is none."""
        message = self._manager.active.get(queue_id)
        if message is not None:
            allowed = not queues or QueueName.ACTIVE in queues
            return allowed and self._to_active(action, message)
        for queue, name in self._waiting:
            if (not queues or name in queues) and queue.holds(queue_id):
                return await self._to_waiting(action, queue, queue_id)
        return False

    def _to_active(self, action: Action, message: ActiveMessage) -> bool:
        if action in _EXPIRES:
            message.expire = True
        elif action in _ORDERS:
            message.order = _ORDERS[action]
            self._manager.dispatcher.withdraw(message)
        else:
            return False
        return True

    async def _to_waiting(self, action: Action, queue: QueueDirectory, queue_id: str) -> bool:
        on_hold = queue is self._spool.hold
        if action is Action.DELETE:
            queue.remove(queue_id)
            self._manager.log.removed(queue_id)
            return True
        if action is Action.HOLD:
            return not on_hold and _moved(queue, self._spool.hold, queue_id)
        if action is Action.EXPIRE and on_hold:
            return False
        if action is Action.RELEASE and not on_hold:
            return False
        if action in _EXPIRES:
            await self._expire(queue, queue_id)
        set_due(queue.file(queue_id), time.time())
        return not on_hold or _moved(queue, self._spool.deferred, queue_id)

    async def _expire(self, queue: QueueDirectory, queue_id: str) -> None:
        for message in await self._spool.load(queue, [queue_id]):
            state = structs.replace(message.state.without(message.done), expire=True)
            await message.wait(queue, state, time.time())

    async def _read(self, queue_id: str) -> WithDescriptors | NotFound:
        message = self._manager.active.get(queue_id)
        if message is not None:
            descriptor, offset = message.stored.open()
            entry = active_entry(message)
            answer = Message(entry, message.envelope, message.stored.size, offset)
            return WithDescriptors(answer, (descriptor,))
        for queue, name in self._waiting:
            for stored in await self._spool.load(queue, [queue_id]):
                descriptor, offset = stored.open()
                state = stored.state.without(stored.done)
                entry = waiting_entry(queue_id, name, stored.size, state, stored.due)
                answer = Message(entry, state.envelope, stored.size, offset)
                return WithDescriptors(answer, (descriptor,))
        return NotFound()


def _moved(queue: QueueDirectory, to: QueueDirectory, queue_id: str) -> bool:
    queue.file(queue_id).rename(to.new_file(queue_id))
    return True
