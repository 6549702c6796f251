"""A message's body on its way through filters: in memory while it is small, else in a file."""

import os
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile

from postroom.esmtp.local_form import local_form
from postroom.esmtp.wire_form import WireEncoder

# What is read from a file at a time; a filter gets no more at once anyway.
_PIECE = 65_536
# A new body up to this size stays in memory.
_IN_MEMORY = 1024 * 1024


class Body:
    """Wire form, as it came: in ``data``, or in a file (its descriptor ours) from ``start`` on."""

    def __init__(self, data: bytes | None, descriptor: int = -1, start: int = 0) -> None:
        self._data = data
        self._descriptor = descriptor
        self._start = start

    def pieces(self) -> Iterator[bytes]:
        """As filters get it: lines with CRLF, dots single."""
        return local_form(self._wire(), b"\r\n")

    def _wire(self) -> Iterator[bytes]:
        if self._data is not None:
            for start in range(0, len(self._data), _PIECE):
                yield self._data[start : start + _PIECE]
            return
        position = self._start
        while data := os.pread(self._descriptor, _PIECE, position):
            yield data
            position += len(data)

    def handed_over(self) -> tuple[bytes | None, tuple[int, ...]]:
        """The data, or the descriptor, which is the receiver's from now on."""
        if self._data is not None:
            return self._data, ()
        descriptor, self._descriptor = self._descriptor, -1
        return None, (descriptor,)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class NewBody:
    """A body that a filter sends piece by piece, and that takes the old one's place."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- outlives this call
        self._encoder = WireEncoder()

    def add(self, piece: bytes) -> None:
        self._file.write(self._encoder.encode(piece))

    def finished(self, largest_in_memory: int) -> Body:
        """The body, to be read by the next filter or by cleanup."""
        self._file.write(self._encoder.finish())
        size = self._file.tell()
        self._file.seek(0)
        if size <= largest_in_memory:
            data = self._file.read()
            self._file.close()
            return Body(data)
        self._file.rollover()
        self._file.flush()
        descriptor = os.dup(self._file.fileno())
        self._file.close()
        return Body(None, descriptor)


def in_pieces(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same, none longer than ``size``."""
    for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]
