"""One connection of a caller: its questions, each answered once, in an order that makes sense."""

import os
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from postroom.cleanup.leases import Leases
from postroom.cleanup.message import Message, Works
from postroom.cleanup.pieces import Pieces
from postroom.cleanup.refusal import TOO_BUSY, Refusal
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
from postroom.ipc.contract import BrokenContract, Question, TooLong
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId

A = TypeVar("A")

# Each may hold a header in memory; a process of smtpd has far fewer sessions.
MAX_BEGUN: Final = 500


class Conversation:
    """Raises BrokenContract for a question out of order, which ends the connection."""

    def __init__(self, works: Works, leases: Leases) -> None:
        self._works = works
        self._leases = leases
        self._begun: dict[QueueId, Pieces] = {}

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        if descriptors:
            for descriptor in descriptors:
                os.close(descriptor)
            raise BrokenContract("cleanup: a descriptor nobody asked for")
        match question:
            case Submit(queue_id, envelope, content):
                message = Message(self._works, queue_id, envelope)
                return await self._heard(message, process(message, content))
            case LeaseIds():
                return await self._leases.share()
            case Begin(queue_id, envelope):
                return await self._begin(queue_id, envelope)
            case Chunk(queue_id, data):
                return await self._chunk(queue_id, data)
            case End(queue_id):
                return await self._end(queue_id)
            case Abandon(queue_id):
                self._take(queue_id).close()
                return Ready()

    def close(self) -> None:
        """The connection is gone, and with it all that was begun."""
        for pieces in self._begun.values():
            pieces.close()
        self._begun.clear()

    async def _begin(self, queue_id: QueueId, envelope: Envelope) -> Ready | Refused:
        if len(self._begun) >= MAX_BEGUN:
            return TOO_BUSY
        message = Message(self._works, queue_id, envelope)
        refused = await self._heard(message, message.address())
        if refused is not None:
            return refused
        if queue_id in self._begun:
            raise BrokenContract("cleanup: begun twice")
        self._begun[queue_id] = Pieces(message)
        return Ready()

    async def _chunk(self, queue_id: QueueId, data: bytes) -> Ready | Refused:
        pieces = self._take(queue_id)
        try:
            refused = await self._heard(pieces.message, pieces.add(data))
        except BaseException:
            pieces.close()
            raise
        if refused is not None:
            pieces.close()
            return refused
        self._begun[queue_id] = pieces
        return Ready()

    async def _end(self, queue_id: QueueId) -> Queued | Refused:
        pieces = self._take(queue_id)
        try:
            return await self._heard(pieces.message, pieces.end())
        finally:
            pieces.close()

    def _take(self, queue_id: QueueId) -> Pieces:
        """A message is nowhere to be found while one of its pieces is being worked on."""
        try:
            return self._begun.pop(queue_id)
        except KeyError:
            raise BrokenContract("cleanup: a piece of a message that was not begun") from None

    async def _heard(self, message: Message, work: Awaitable[A]) -> A | Refused:
        """The result of ``work``, or why the message is refused."""
        try:
            return await work
        except Refusal as refusal:
            refused = refusal.answer
        except TooLong:
            # Of a completed and expanded envelope that qmgr's frames cannot hold.
            refused = TOO_MANY_RECIPIENTS
        if refused.reply >= 500:
            reply = f"{refused.code} {refused.text}"
            self._works.log.rejected(message.queue_id, message.arrived, reply)
        return refused
