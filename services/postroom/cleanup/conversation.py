"""One connection of a caller: its questions, each answered once, in an order that makes sense."""

import asyncio
import os
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from postroom.cleanup.leases import Leases
from postroom.cleanup.message import Message, Works
from postroom.cleanup.pieces import Pieces
from postroom.cleanup.refusal import TOO_BUSY, WRITE_PROBLEM, Refusal
from postroom.cleanup.whole import process
from postroom.contracts.cleanup import (
    TOO_MANY_RECIPIENTS,
    Abandon,
    Begin,
    Chunk,
    End,
    LeaseIds,
    Queued,
    Ready,
    Refused,
    Submit,
)
from postroom.ipc.contract import BrokenContract, Question, TooLong, Unavailable
from postroom.mail.queue_id import QueueId

A = TypeVar("A")

# Each may hold a header in memory; a process of smtpd has far fewer sessions.
MAX_BEGUN: Final = 500


class Conversation:
    """Raises BrokenContract for a question out of order, which ends the connection."""

    def __init__(self, works: Works, leases: Leases) -> None:
        self._works = works
        self._leases = leases
        self._begun: dict[QueueId, _Begun] = {}

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        if descriptors:
            for descriptor in descriptors:
                os.close(descriptor)
            raise BrokenContract("cleanup: a descriptor nobody asked for")
        match question:
            case Submit(queue_id, envelope, content, handling, filters):
                message = Message(self._works, queue_id, envelope, handling, filters)
                return self._told(queue_id, await self._heard(message, process(message, content)))
            case LeaseIds():
                return await self._leases.share()
            case Begin(queue_id, envelope, handling, filters):
                message = Message(self._works, queue_id, envelope, handling, filters)
                return await self._begin(message)
            case Chunk(queue_id, data):
                return await self._chunk(queue_id, data)
            case End(queue_id):
                return await self._end(queue_id)
            case Abandon(queue_id):
                return await self._abandon(queue_id)

    def close(self) -> None:
        """The connection is gone, and with it all that was begun."""
        for queue_id, begun in self._begun.items():
            begun.pieces.close()
            self._works.log.canceled(queue_id)
        self._begun.clear()

    async def _begin(self, message: Message) -> Ready | Refused:
        if len(self._begun) >= MAX_BEGUN:
            self._works.log.store_problem(message.queue_id, TOO_BUSY.text)
            return self._told(message.queue_id, TOO_BUSY)
        refused = await self._heard(message, message.address())
        if refused is not None:
            return self._told(message.queue_id, refused)
        if message.queue_id in self._begun:
            raise BrokenContract("cleanup: begun twice")
        self._begun[message.queue_id] = _Begun(Pieces(message))
        return Ready()

    async def _chunk(self, queue_id: QueueId, data: bytes) -> Ready | Refused:
        begun = self._find(queue_id)
        async with begun.turn:
            if begun.refused is None:
                begun.refused = await self._add(begun.pieces, data)
        return begun.refused or Ready()

    async def _add(self, pieces: Pieces, data: bytes) -> Refused | None:
        try:
            return await self._heard(pieces.message, pieces.add(data))
        except Unavailable as error:
            self._works.log.store_problem(pieces.message.queue_id, str(error))
            return WRITE_PROBLEM

    async def _end(self, queue_id: QueueId) -> Queued | Refused:
        begun = self._find(queue_id)
        async with begun.turn:
            del self._begun[queue_id]
            try:
                answer: Queued | Refused | None = begun.refused
                if answer is None:
                    answer = await self._heard(begun.pieces.message, begun.pieces.end())
                return self._told(queue_id, answer)
            finally:
                begun.pieces.close()

    async def _abandon(self, queue_id: QueueId) -> Ready:
        begun = self._find(queue_id)
        async with begun.turn:
            del self._begun[queue_id]
            begun.pieces.close()
        self._works.log.canceled(queue_id)
        return Ready()

    def _find(self, queue_id: QueueId) -> "_Begun":
        try:
            return self._begun[queue_id]
        except KeyError:
            raise BrokenContract("cleanup: a piece of a message that was not begun") from None

    def _told(self, queue_id: QueueId, answer: A) -> A:
        """The same answer; the log hears of a message that nobody will see again."""
        if isinstance(answer, Refused):
            self._works.log.canceled(queue_id)
        return answer

    async def _heard(self, message: Message, work: Awaitable[A]) -> A | Refused:
        """The result of ``work``, or why the message is refused."""
        try:
            return await work
        except Refusal as refusal:
            refused = refusal.answer
        except TooLong:
            # Of a completed and expanded envelope that qmgr's frames cannot hold.
            refused = TOO_MANY_RECIPIENTS
        if refused.reply >= 500 and not refused.logged:
            reply = f"{refused.code} {refused.text}"
            self._works.log.rejected(message.queue_id, message.arrived, reply)
        return refused


class _Begun:
    """A message in pieces; they are worked on one at a time, in the order they came."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.turn = asyncio.Lock()
        self.refused: Refused | None = None
