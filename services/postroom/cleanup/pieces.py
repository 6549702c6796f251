"""A large message that comes in pieces: its header is held, its body goes straight to disk."""

from postroom.cleanup.filtered import Head, filter_and_enqueue
from postroom.cleanup.header_pass import MAX_HEADER
from postroom.cleanup.message import Message
from postroom.cleanup.queue_file import QueueFile
from postroom.cleanup.refusal import HEADER_TOO_LARGE, TOO_LARGE, Refusal
from postroom.cleanup.whole import edit_and_store
from postroom.cleanup.wire_form import WireForm
from postroom.contracts.cleanup import Queued, Refused
from postroom.mail.header import is_field_start, scan

_END_OF_HEADER = b"\r\n\r\n"


class Pieces:
    """The content of one begun message. ``add`` and ``end`` are called one at a time."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self._form = WireForm()
        self._head = bytearray()
        self._file: QueueFile | None = None
        self._finished_head = Head(b"", b"", 0)

    async def add(self, data: bytes) -> None:
        """Raises Refusal or Unavailable."""
        self._form.feed(data)
        if 0 < self.message.works.size_limit < self._form.size:
            raise Refusal(TOO_LARGE)
        if self.message.preparing is not None:
            data = self.message.preparing.feed(data)
        await self._take(data)

    async def _take(self, data: bytes) -> None:
        """The next piece as it is to be."""
        if self._file is not None:
            await self._file.write(bytes(await self.message.check_body(data)))
            return
        searched = max(len(self._head) - len(_END_OF_HEADER) + 1, 0)
        self._head += data
        if self._header_is_complete(searched):
            await self._start_file()

    async def end(self) -> Queued | Refused:
        """Raises also BrokenContract, where the content was not in wire form."""
        self._form.finish()
        if self.message.preparing is not None:
            await self._take(self.message.preparing.finish())
        if self._file is None:
            return await edit_and_store(self.message, bytes(self._head))
        await self._file.write(await self.message.end_body())
        if self.message.discarded:
            return self.message.discard()
        if self.message.is_filtered:
            return await filter_and_enqueue(self.message, self._finished_head, self._file)
        return self.message.queued(await self._file.enqueue(self.message.envelope))

    def close(self) -> None:
        """Forget the message, unless it is in the queue already."""
        if self._file is not None:
            self._file.close()

    def _header_is_complete(self, searched: int) -> bool:
        if self._head.find(_END_OF_HEADER, searched) >= 0 or self._head.startswith(b"\r\n"):
            return True
        if len(self._head) < MAX_HEADER:
            return False
        head = bytes(self._head)
        rest = head[scan(head).end :]
        if b"\n" not in rest and (not rest or is_field_start(rest)):
            raise Refusal(HEADER_TOO_LARGE)
        return True

    async def _start_file(self) -> None:
        head = bytes(self._head)
        self._head.clear()
        edited = await self.message.edit_header(head)
        body = await self.message.check_body(memoryview(head)[edited.rest :])
        finished = b"".join((edited.text, body))
        if self.message.is_filtered:
            self._finished_head = Head.of(finished)
        self._file = await self.message.open_file()
        await self._file.write(finished)
