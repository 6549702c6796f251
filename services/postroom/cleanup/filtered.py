"""A message is shown to mail filters, and stored as they leave it."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from postroom.cleanup.filtering import Discard
from postroom.cleanup.message import Message
from postroom.cleanup.queue_file import QueueFile
from postroom.contracts.cleanup import Queued, Refused
from postroom.contracts.milter import MAX_BODY, Filtered
from postroom.ipc.line import close_all
from postroom.mail.header import scan

# What is copied from one file to another at a time.
_PIECE = 262_144


class Head(NamedTuple):
    """The beginning of a finished message. ``received`` is our own field, which filters do not
    see (MILTER_README), unless a table took it out; the body begins at ``end``, behind the empty
    line."""

    received: bytes
    header: bytes
    end: int

    @classmethod
    def of(cls, content: bytes) -> "Head":
        """``content`` begins with the whole header and what parts it from the body."""
        header = scan(content)
        ours = header.fields[:1]
        first = ours[0].end if ours and ours[0].name == b"received" else 0
        blank = 2 if content.startswith(b"\r\n", header.end) else 0
        return cls(content[:first], content[first : header.end], header.end + blank)

    def left_by(self, filtered: Filtered) -> bytes:
        """All that stands before the body, after the filters."""
        header = self.header if filtered.header is None else filtered.header
        return b"".join((filtered.above, self.received, header, b"\r\n"))


async def filter_and_store(message: Message, content: bytes) -> Queued | Refused:
    """A message that is in memory; raises Refusal or Unavailable."""
    head = Head.of(content)
    body = content[head.end :]
    if len(body) > MAX_BODY:
        file = await message.open_file()
        try:
            await file.write(content)
            return await filter_and_enqueue(message, head, file)
        finally:
            file.close()
    try:
        filtered, descriptors = await message.ask_filters(head.header, body)
        try:
            await message.change_envelope(filtered)
            new = head.left_by(filtered)
            if not descriptors:
                return await message.store(new + (body if filtered.body is None else filtered.body))
            return await _store_in_file(message, new, descriptors[0], 0)
        finally:
            close_all(descriptors)
    except Discard:
        return message.discard()


async def filter_and_enqueue(message: Message, head: Head, file: QueueFile) -> Queued | Refused:
    """A message that lies in a file of the queue; it is written again if filters change it."""
    try:
        descriptor, start = await file.shared()
        start += head.end
        filtered, descriptors = await message.ask_filters(head.header, None, descriptor, start)
        try:
            await message.change_envelope(filtered)
            if filtered.header is None and filtered.body is None and not descriptors:
                return message.queued(await file.enqueue(message.envelope))
            new = head.left_by(filtered)
            descriptors.append(await file.withdraw())
            if filtered.body is not None:
                return await message.store(new + filtered.body)
            if len(descriptors) > 1:
                start = 0
            return await _store_in_file(message, new, descriptors[0], start)
        finally:
            close_all(descriptors)
    except Discard:
        return message.discard()


async def _store_in_file(
    message: Message, head: bytes, descriptor: int, start: int
) -> Queued | Refused:
    """``head``, and behind it a body that lies in a file from ``start`` on."""
    file = await message.open_file()
    try:
        await file.write(head)
        for piece in _pieces(descriptor, start):
            await file.write(piece)
        return message.queued(await file.enqueue(message.envelope))
    finally:
        file.close()


def _pieces(descriptor: int, position: int) -> Iterator[bytes]:
    while piece := os.pread(descriptor, _PIECE, position):
        yield piece
        position += len(piece)
