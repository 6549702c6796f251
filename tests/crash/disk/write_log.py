"""What happened to a disk, in order: writes, flushes, and marks of what was promised meanwhile."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

# Kind, offset on the disk, length of the data that follows.
_HEADER = struct.Struct("<cQI")
_WRITE, _FLUSH, _MARK = b"W", b"F", b"M"


class Write(NamedTuple):
    offset: int
    data: bytes


class Flush(NamedTuple):
    """All writes before it are on the disk for good."""


class Mark(NamedTuple):
    """Something was said to somebody after all that stands before it."""

    text: str


Event = Write | Flush | Mark


class WriteLog:
    """Appends events to a file."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def write(self, offset: int, data: bytes) -> None:
        self._append(_WRITE, offset, data)

    def flush(self) -> None:
        self._append(_FLUSH, 0, b"")

    def mark(self, text: bytes) -> None:
        self._append(_MARK, 0, text)

    def _append(self, kind: bytes, offset: int, data: bytes) -> None:
        self._output.write(_HEADER.pack(kind, offset, len(data)))
        self._output.write(data)


def read_log(path: Path) -> Iterator[Event]:
    """All events, oldest first."""
    with path.open("rb") as file:
        while len(header := file.read(_HEADER.size)) == _HEADER.size:
            kind, offset, length = _HEADER.unpack(header)
            data = file.read(length)
            if kind == _WRITE:
                yield Write(offset, data)
            elif kind == _FLUSH:
                yield Flush()
            else:
                yield Mark(data.decode())
