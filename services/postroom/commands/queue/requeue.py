"""postsuper -r: have messages pass cleanup again, each as a new one."""

import asyncio
import os
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from postroom.commands.queue.keeper import Keeper
from postroom.commands.queue.message import QueuedMessage
from postroom.config.configuration import Configuration
from postroom.contracts import cleanup
from postroom.contracts.cleanup import MAX_INLINE, Handling, Queued, Refused
from postroom.contracts.intake import Intake
from postroom.contracts.queue_admin import Action, Apply, Message, NotFound, Queues, Take
from postroom.contracts.showq import QueueName
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.queue_id import QueueId
from postroom.maillog.postsuper import PostsuperLog
from postroom.systemd.places import socket_path

# Under way at a time: cleanup and the disk have something to do while the others wait.
_AT_A_TIME = 32


class Terms(NamedTuple):
    """How pickup hands messages over, and so do we; ``content_filter`` None leaves each its own."""

    handling: Handling = Handling()
    content_filter: str | None = None


def terms_of(configuration: Configuration) -> Terms:
    """Those of the configuration as it is now, so that requeued mail gets a new content filter, or
    loses its old one (FILTER_README)."""
    pickup = next((one for one in configuration.services if one.program == "pickup"), None)
    overrides = pickup.overrides if pickup is not None else {}
    options = configuration.text("receive_override_options", overrides)
    return Terms(
        Handling.external(options.replace(",", " ").split()),
        configuration.text("content_filter", overrides),
    )


class Requeuer:
    """Takes messages out of the queue by way of ``admin``.

    A message is on hold until its successor is stored, and then removed: whatever happens
    meanwhile, it is in the queue at least once.
    """

    def __init__(self, admin: Keeper, log: PostsuperLog, terms: Terms) -> None:
        self._admin = admin
        self._log = log
        self._cleanup = Client(socket_path(cleanup.CONTRACT.name), cleanup.CONTRACT)
        self._intake = Intake(self._cleanup, terms.handling)
        self._content_filter = terms.content_filter
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    async def requeue(self, queue_ids: Sequence[QueueId], queues: Queues) -> list[QueueId]:
        """Those that were there and that cleanup took; raises Unavailable."""
        work = (self._one(queue_id, queues) for queue_id in queue_ids)
        # None is left half done because another failed.
        done = await asyncio.gather(*work, return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome
        return [queue_id for queue_id, taken in zip(queue_ids, done, strict=True) if taken]

    def close(self) -> None:
        self._cleanup.close()

    async def _one(self, queue_id: QueueId, queues: Queues) -> bool:
        async with self._turns:
            answer, descriptors = await self._admin.ask_with_descriptors(Take(queue_id, queues))
            if isinstance(answer, NotFound):
                return False
            (descriptor,) = descriptors
            try:
                outcome = await self._hand_over(QueuedMessage.of(answer, descriptor))
            except Unavailable:
                await self._put_back(answer)
                raise
            finally:
                os.close(descriptor)
            if isinstance(outcome, Refused):
                await self._put_back(answer)
                self._log.not_requeued(queue_id, outcome.text)
                return False
            self._log.origin(outcome.queue_id, os.getuid(), answer.envelope.sender, queue_id)
            await self._admin.ask(Apply(Action.DELETE, (queue_id,), (QueueName.HOLD,)))
            return True

    async def _hand_over(self, message: QueuedMessage) -> Queued | Refused:
        queue_id = await self._intake.queue_id()
        # Under its old name it would be taken for the message that is there.
        envelope = structs.replace(message.envelope, once="")
        if self._content_filter is not None:
            envelope = structs.replace(envelope, filter=self._content_filter)
        if message.size <= MAX_INLINE:
            content = b"".join(message.pieces(MAX_INLINE))
            return await self._intake.submit(queue_id, envelope, content)
        upload = self._intake.upload(queue_id, envelope)
        for piece in message.pieces(MAX_INLINE):
            await upload.write(piece)
        return await upload.finish()

    async def _put_back(self, message: Message) -> None:
        if message.entry.queue is not QueueName.HOLD:
            release = Apply(Action.RELEASE, (message.entry.queue_id,), (QueueName.HOLD,))
            await self._admin.ask(release)
