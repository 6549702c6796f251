"""The message an agent got, in wire form: inside the request when small, else a descriptor."""

import os
from collections.abc import Iterator

# Large enough that system calls do not count, small enough that hundreds may be under way.
PIECE = 131_072


class ContentLost(Exception):
    """The file holds less than the queue manager announced, or cannot be read."""


class Content:
    """The bytes of one message: CRLF line ends, leading dots doubled, no final dot line.

    Owns ``descriptor`` until ``close``. Reading does not move the descriptor's position, so
    that a message can be read again for the next host. ``head`` comes before what lies there.
    """

    def __init__(
        self,
        size: int,
        data: bytes | None = None,
        descriptor: int = -1,
        offset: int = 0,
        head: bytes = b"",
    ) -> None:
        self.size = size if data is None else len(data)
        self.data = data
        self.descriptor = descriptor
        self.offset = offset
        self.head = head

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def pieces(self) -> Iterator[bytes]:
        """The whole content, piece by piece; raises ContentLost."""
        if self.data is not None:
            yield self.data
            return
        if self.head:
            yield self.head
        position, end = self.offset, self.offset + self.size
        while position < end:
            piece = self._read(position, min(PIECE, end - position))
            position += len(piece)
            yield piece

    def beginning(self, limit: int, end: bytes) -> bytes:
        """The pieces up to the one in which ``end`` is, or the ``limit``; raises ContentLost."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if end in found or len(found) >= limit:
                break
        return bytes(found)

    def replaced(self, count: int, head: bytes) -> "Content":
        """The same message with ``head`` in the place of its first ``count`` bytes.

        What lies in a file is still this content's to close.
        """
        if self.data is not None:
            return Content(0, head + self.data[count:])
        return Content(self.size - count, None, self.descriptor, self.offset + count, head)

    def last_byte(self) -> bytes:
        """The end of what is in a file; raises ContentLost."""
        return self._read(self.offset + self.size - 1, 1) if self.size else b""

    def _read(self, position: int, size: int) -> bytes:
        try:
            piece = os.pread(self.descriptor, size, position)
        except OSError as error:
            raise ContentLost(f"error reading message: {error.strerror}") from None
        if not piece:
            raise ContentLost("error reading message: file is too short")
        return piece
