"""How a caller of socket ``cleanup`` hands over a message: whole, or in pieces."""

from collections import deque

from postroom.contracts.cleanup import (
    MAX_INLINE,
    TOO_MANY_RECIPIENTS,
    Abandon,
    Begin,
    Chunk,
    End,
    LeaseIds,
    Queued,
    Refused,
    Submit,
)
from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import TooLong, Unavailable
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId, format_queue_id


class Intake:
    """Hands messages to cleanup through ``client``; raises ipc.Unavailable when it cannot."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: deque[int] = deque()

    async def queue_id(self) -> QueueId:
        """An id that names the caller's next message; never one that was given before."""
        if not self._ids:
            lease = await self._client.ask(LeaseIds())
            self._ids.extend(range(lease.first, lease.first + lease.count))
        return format_queue_id(self._ids.popleft())

    async def submit(
        self, queue_id: QueueId, envelope: Envelope, content: bytes
    ) -> Queued | Refused:
        """Hand over a message that is in memory, of any size."""
        if len(content) <= MAX_INLINE:
            try:
                return await self._client.ask(Submit(queue_id, envelope, content))
            except TooLong:
                return TOO_MANY_RECIPIENTS
        upload = Upload(self._client, queue_id, envelope)
        await upload.write(content)
        return await upload.finish()

    def upload(self, queue_id: QueueId, envelope: Envelope) -> "Upload":
        """Hand over a message piece by piece, as it arrives."""
        return Upload(self._client, queue_id, envelope)


class Upload:
    """One message on its way in pieces; what was refused early is told at ``finish``.

    Ends with ``finish`` or ``abandon``, or where one of them or ``write`` raises Unavailable.
    """

    def __init__(self, client: Client, queue_id: QueueId, envelope: Envelope) -> None:
        self._conversation = Conversation(client)
        self._queue_id = queue_id
        self._envelope = envelope
        self._begun = False
        self._refused: Refused | None = None

    async def write(self, data: bytes) -> None:
        """Pass on some content; does nothing once the message is refused."""
        if not self._begun:
            self._begun = True
            await self._ask(Begin(self._queue_id, self._envelope))
        for start in range(0, len(data), MAX_INLINE):
            if self._refused is None:
                await self._ask(Chunk(self._queue_id, data[start : start + MAX_INLINE]))

    async def finish(self) -> Queued | Refused:
        try:
            if self._refused is not None:
                return self._refused
            return await self._conversation.ask(End(self._queue_id))
        finally:
            self._conversation.close()

    async def abandon(self) -> None:
        """The message will not be completed."""
        try:
            if self._begun and self._refused is None:
                await self._conversation.ask(Abandon(self._queue_id))
        except Unavailable:
            return
        finally:
            self._conversation.close()

    async def _ask(self, question: Begin | Chunk) -> None:
        """A message that is refused or lost keeps no connection open."""
        try:
            answer = await self._conversation.ask(question)
        except TooLong:
            answer = TOO_MANY_RECIPIENTS
        except BaseException:
            self._conversation.close()
            raise
        if isinstance(answer, Refused):
            self._refused = answer
            self._conversation.close()
