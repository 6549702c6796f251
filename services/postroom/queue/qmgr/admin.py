"""Socket ``queue-admin``: what postsuper(1) and postcat(1) ask for."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from postroom.contracts.queue_admin import (
    MAX_FOUND,
    MAX_NAMED,
    Action,
    Apply,
    ApplyToAll,
    Done,
    DoneToAll,
    Find,
    Message,
    NotFound,
    Read,
    Take,
)
from postroom.contracts.showq import QueueName
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller, WithDescriptors
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.entries import active_entry, waiting_entry
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.message import ActiveMessage, Order
from postroom.spool.queue_directory import QueueDirectory

_ORDERS = {Action.DELETE: Order.DELETE, Action.HOLD: Order.HOLD}


class Admin:
    """Acts on active messages by an order that is carried out once their running deliveries
    are over, on waiting ones at once, many at a time."""

    def __init__(self, manager: Manager, deferred: DeferredQueue) -> None:
        self._manager = manager
        self._deferred = deferred
        self._waiting = {
            QueueName.DEFERRED: manager.spool.deferred,
            QueueName.HOLD: manager.spool.hold,
        }

    def answerer_for(self, _: Caller) -> Answerer:
        async def answer(question: Question[Any], _: list[int]) -> object:
            match question:
                case Apply():
                    return Done(tuple(await self._apply(question)))
                case ApplyToAll():
                    return DoneToAll(await self._apply_to_all(question))
                case Find():
                    return Done(tuple(await self._find(question)))
                case Take():
                    return await self._take(question.queue_id, question.queues)
                case _:
                    assert isinstance(question, Read)
                    return await self._read(question.queue_id)

        return answer

    async def _apply(self, question: Apply) -> list[str]:
        names, queues = question.queue_ids, question.queues
        active = {name for name in names if self._manager.active.get(name) is not None}
        done = self._to_those_active(question, active)
        rest = set(names) - active
        for name, queue in self._waiting.items():
            if name in queues and rest:
                done += await self._to_waiting(question, queue, sorted(rest))
        await self._completed(question.action)
        return done

    def _to_those_active(self, question: Apply | ApplyToAll, names: Collection[str]) -> list[str]:
        if QueueName.ACTIVE not in question.queues:
            return []
        active = [message for name in names if (message := self._manager.active.get(name))]
        return [m.queue_id for m in active if self._to_active(question.action, m)]

    async def _apply_to_all(self, question: ApplyToAll) -> int:
        action, queues = question.action, question.queues
        count = 0
        # What is active comes last: it may be about to wait.
        for name, queue in self._waiting.items():
            if name in queues:
                for portion in _portions(await asyncio.to_thread(queue.queue_ids)):
                    count += len(await self._to_waiting(question, queue, portion))
        if QueueName.ACTIVE in queues:
            count += sum(self._to_active(action, message) for message in self._manager.active)
        await self._completed(action)
        return count

    async def _completed(self, action: Action) -> None:
        """Return when what was done lasts; what was released is tried if it is due."""
        for queue in self._waiting.values():
            await queue.sync()
        if action is Action.RELEASE:
            self._deferred.run()

    def _to_active(self, action: Action, message: ActiveMessage) -> bool:
        if action is Action.EXPIRE:
            known, message.expire = message.expire, True
            return not known
        order = _ORDERS.get(action)
        if order is None or message.ordered(order):
            return False
        message.order = order
        self._manager.dispatcher.withdraw(message)
        return True

    async def _to_waiting(
        self, question: Apply | ApplyToAll, queue: QueueDirectory, queue_ids: Sequence[str]
    ) -> list[str]:
        """To those that still wait, and to those that became active in the meantime."""
        async with self._deferred.undisturbed:
            # Nothing becomes active now, but what is active may be about to wait again.
            active = {name for name in queue_ids if self._manager.active.get(name) is not None}
            done = self._to_those_active(question, active)
            waiting = [name for name in queue_ids if name not in active]
            return done + await self._in_queue(question.action, queue, waiting)

    async def _in_queue(
        self, action: Action, queue: QueueDirectory, waiting: Sequence[str]
    ) -> list[str]:
        deferred, hold = self._waiting.values()
        if action is Action.DELETE:
            return await queue.remove_many(waiting)
        if action is Action.EXPIRE:
            return await queue.expire_many(waiting)
        if action is Action.HOLD and queue is deferred:
            return await deferred.move_many(waiting, hold)
        if action is Action.RELEASE and queue is hold:
            return await hold.move_many(waiting, deferred)
        return []

    async def _find(self, question: Find) -> list[str]:
        names = set()
        if QueueName.ACTIVE in question.queues:
            names = {message.queue_id for message in self._manager.active}
        for name, queue in self._waiting.items():
            if name in question.queues:
                names.update(await asyncio.to_thread(queue.queue_ids))
        return sorted(name for name in names if name > question.after)[:MAX_FOUND]

    async def _take(
        self, queue_id: str, queues: tuple[QueueName, ...]
    ) -> WithDescriptors | NotFound:
        message = self._manager.active.get(queue_id)
        if message is not None:
            if QueueName.ACTIVE not in queues or not self._to_active(Action.HOLD, message):
                return NotFound()
            await self._manager.active.departure(message)
            return await self._waiting_message(queue_id, QueueName.HOLD, QueueName.ACTIVE)
        if QueueName.DEFERRED in queues:
            held = Apply(Action.HOLD, (queue_id,), (QueueName.DEFERRED,))
            if await self._apply(held):
                return await self._waiting_message(queue_id, QueueName.HOLD, QueueName.DEFERRED)
        if QueueName.HOLD in queues:
            return await self._waiting_message(queue_id, QueueName.HOLD, QueueName.HOLD)
        return NotFound()

    async def _read(self, queue_id: str) -> WithDescriptors | NotFound:
        message = self._manager.active.get(queue_id)
        if message is not None:
            descriptor, offset = message.stored.open()
            entry = active_entry(message)
            answer = Message(entry, message.envelope, message.stored.size, offset)
            return WithDescriptors(answer, (descriptor,))
        for name in self._waiting:
            found = await self._waiting_message(queue_id, name, name)
            if not isinstance(found, NotFound):
                return found
        return NotFound()

    async def _waiting_message(
        self, queue_id: str, name: QueueName, shown: QueueName
    ) -> WithDescriptors | NotFound:
        """The message in one queue, shown as if in another."""
        for stored in await self._manager.spool.load(self._waiting[name], [queue_id]):
            descriptor, offset = stored.open()
            state = stored.state.without(stored.done)
            entry = waiting_entry(queue_id, shown, stored.size, state)
            answer = Message(entry, state.envelope, stored.size, offset)
            return WithDescriptors(answer, (descriptor,))
        return NotFound()


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), MAX_NAMED):
        yield names[start : start + MAX_NAMED]
