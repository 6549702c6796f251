"""The active queue: which messages are being delivered, and whether there is room for more."""

import asyncio
from collections.abc import Iterator

from postroom.queue.qmgr.message import ActiveMessage
from postroom.systemd.activity import Activity

# Mail that waited may fill this part of the active queue; the rest is for new mail, so that a
# full deferred queue never holds it up.
OLD_MAIL_SHARE = 0.5


class ActiveQueue:
    """At most ``message_limit`` messages and ``recipient_limit`` recipients, but one message
    always, and a few large ones do not keep those out that have no more recipients than
    ``recipient_minimum``. The service stays while there is any, unless it was told to leave."""

    def __init__(
        self,
        message_limit: int,
        recipient_limit: int,
        recipient_minimum: int,
        activity: Activity,
    ) -> None:
        self._message_limit = message_limit
        self._recipient_limit = recipient_limit
        self._recipient_minimum = recipient_minimum
        self._activity = activity
        self._messages: dict[str, ActiveMessage] = {}
        self._recipients = 0
        self._old = 0
        self._departed = asyncio.Event()

    def __iter__(self) -> Iterator[ActiveMessage]:
        return iter(tuple(self._messages.values()))

    def __len__(self) -> int:
        return len(self._messages)

    def get(self, queue_id: str) -> ActiveMessage | None:
        return self._messages.get(queue_id)

    def add(self, message: ActiveMessage) -> None:
        if not self._messages:
            self._activity.__enter__()
        self._messages[message.queue_id] = message
        self._recipients += len(message.recipients)
        self._old += message.waited

    def remove(self, message: ActiveMessage) -> None:
        if self._messages.pop(message.queue_id, None) is None:
            return
        self._recipients -= len(message.recipients)
        self._old -= message.waited
        self._departed.set()
        if not self._messages:
            self._leave()

    def abandon(self) -> None:
        """Keep the service no longer; what is active is found again at the next start."""
        if self._messages:
            self._messages.clear()
            self._leave()

    def has_room_for(self, recipients: int) -> bool:
        """Whether a message with so many recipients may be added."""
        if not self._messages:
            return True
        return len(self._messages) < self._message_limit and (
            self._recipients < self._recipient_limit or recipients <= self._recipient_minimum
        )

    async def room_for_old_mail(self) -> None:
        """Return when a message that waited may become active."""
        some = self._recipient_minimum + 1
        while not self.has_room_for(some) or self._old >= self._message_limit * OLD_MAIL_SHARE:
            await self._next_departure()

    async def departure(self, message: ActiveMessage) -> None:
        """Return when a message is active no more."""
        while self._messages.get(message.queue_id) is message:
            await self._next_departure()

    async def _next_departure(self) -> None:
        self._departed.clear()
        await self._departed.wait()

    def _leave(self) -> None:
        self._activity.__exit__(None, None, None)
