"""A queued message as a command has it: what the queue manager or the file says of it."""

import os
from collections.abc import Iterator
from typing import NamedTuple, Self

from postroom.contracts.queue_admin import Message
from postroom.mail.envelope import Envelope, Line
from postroom.spool.queue_file import CONTENT_OFFSET, number_in, read_contents


class QueuedMessage(NamedTuple):
    """``name`` is for the reader; the content is ``size`` bytes from ``offset`` of a file."""

    name: str
    envelope: Envelope
    reasons: tuple[Line, ...]
    descriptor: int
    offset: int
    size: int

    @classmethod
    def of(cls, message: Message, descriptor: int) -> Self:
        """A message as the queue manager shows it."""
        entry = message.entry
        reasons = tuple(recipient.delay_reason for recipient in entry.recipients)
        name = f"{entry.queue.value}/{entry.queue_id}"
        return cls(name, message.envelope, reasons, descriptor, message.offset, message.size)

    @classmethod
    def in_file(cls, name: str, descriptor: int) -> Self:
        """A message in a file of its own, wherever that is; raises Corrupt or OSError."""
        contents = read_contents(descriptor, number_in(descriptor))
        state = contents.state
        return cls(name, state.envelope, state.reasons, descriptor, CONTENT_OFFSET, contents.size)

    def pieces(self, most: int) -> Iterator[bytes]:
        """The content, in pieces of at most ``most`` bytes."""
        position, end = self.offset, self.offset + self.size
        while position < end:
            piece = os.pread(self.descriptor, min(most, end - position), position)
            if not piece:
                return
            yield piece
            position += len(piece)
