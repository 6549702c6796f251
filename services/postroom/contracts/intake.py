"""How a caller of socket ``cleanup`` hands over a message: whole, or in pieces."""

import asyncio
from collections import deque

from postroom.contracts.cleanup import (
    MAX_INLINE,
    TOO_MANY_RECIPIENTS,
    WINDOW,
    Abandon,
    Begin,
    Chunk,
    End,
    Handling,
    LeaseIds,
    Queued,
    Ready,
    Refused,
    Submit,
)
from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import TooLong, Unavailable
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId, format_queue_id


class Intake:
    """Hands messages to cleanup through ``client``, all to be treated alike; raises
    ipc.Unavailable when it cannot."""

    def __init__(self, client: Client, handling: Handling) -> None:
        self._client = client
        self._handling = handling
        self._ids: deque[int] = deque()

    async def queue_id(self) -> QueueId:
        """An id that names the caller's next message; never one that was given before."""
        if not self._ids:
            lease = await self._client.ask(LeaseIds())
            self._ids.extend(range(lease.first, lease.first + lease.count))
        return format_queue_id(self._ids.popleft())

    async def submit(
        self, queue_id: QueueId, envelope: Envelope, content: bytes, filters: str = ""
    ) -> Queued | Refused:
        """Hand over a message that is in memory, of any size; ``filters`` heard of it already."""
        if len(content) <= MAX_INLINE:
            try:
                return await self._client.ask(
                    Submit(queue_id, envelope, content, self._handling, filters)
                )
            except TooLong:
                return TOO_MANY_RECIPIENTS
        upload = self.upload(queue_id, envelope, filters)
        await upload.write(content)
        return await upload.finish()

    def upload(self, queue_id: QueueId, envelope: Envelope, filters: str = "") -> "Upload":
        """Hand over a message piece by piece, as it arrives."""
        return Upload(self._client, Begin(queue_id, envelope, self._handling, filters))


class Upload:
    """One message on its way in pieces; what was refused early is told at ``finish``.

    Ends with ``finish`` or ``abandon``, or where one of them or ``write`` raises Unavailable.
    """

    def __init__(self, client: Client, beginning: Begin) -> None:
        self._conversation = Conversation(client)
        self._beginning = beginning
        self._queue_id = beginning.queue_id
        # Whether cleanup knows of the message.
        self._begun = False
        self._refused: Refused | None = None
        self._on_the_way: deque[asyncio.Task[Ready | Refused]] = deque()

    async def write(self, data: bytes) -> None:
        """Pass on some content; does nothing once the message is refused."""
        try:
            if not self._begun and self._refused is None:
                await self._begin()
            for start in range(0, len(data), MAX_INLINE):
                if self._refused is None:
                    await self._send(Chunk(self._queue_id, data[start : start + MAX_INLINE]))
        except Unavailable:
            await self.abandon()
            raise
        except BaseException:
            self._close()
            raise

    async def finish(self) -> Queued | Refused:
        try:
            while self._on_the_way:
                await self._hear()
            if self._refused is None:
                self._begun = False
                return await self._conversation.ask(End(self._queue_id))
            return self._refused
        finally:
            await self.abandon()

    async def abandon(self) -> None:
        """The message will not be completed; nothing happens where that is known already."""
        try:
            await asyncio.gather(*self._on_the_way, return_exceptions=True)
            if self._begun:
                self._begun = False
                await self._conversation.ask(Abandon(self._queue_id))
        except Unavailable:
            return
        finally:
            self._close()

    async def _begin(self) -> None:
        try:
            answer = await self._conversation.ask(self._beginning)
        except TooLong:
            answer = TOO_MANY_RECIPIENTS
        if isinstance(answer, Refused):
            self._refused = answer
        else:
            self._begun = True

    async def _send(self, chunk: Chunk) -> None:
        if len(self._on_the_way) >= WINDOW:
            await self._hear()
        self._on_the_way.append(asyncio.ensure_future(self._conversation.ask(chunk)))

    async def _hear(self) -> None:
        """Wait for the answer to the oldest chunk."""
        answer = await self._on_the_way.popleft()
        if isinstance(answer, Refused) and self._refused is None:
            self._refused = answer

    def _close(self) -> None:
        for task in self._on_the_way:
            task.cancel()
        self._on_the_way.clear()
        self._conversation.close()
