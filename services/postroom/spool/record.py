"""The framing of everything the spool appends: journal segments and the tails of queue files.

A record is a header of 40 bytes, the payload, and zeros up to a multiple of 8:

    offset  size
    0       4     magic, b"\\xabPR1"
    4       1     kind
    5       3     zero
    8       8     generation: of the segment; 0 in a queue file
    16      8     queue id as a number
    24      4     length of the payload
    28      4     CRC-32 of the payload
    32      4     CRC-32 of the 32 bytes before
    36      4     zero

All numbers are little-endian. The generation keeps a recycled segment's old records apart
from its new ones; the header's own CRC lets a reader step over a payload that is damaged.
"""

import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

MAGIC = b"\xabPR1"
ALIGNMENT = 8
_FIELDS = struct.Struct("<4sB3xQQII")
_HEADER = struct.Struct("<32sI4x")
HEADER_SIZE = _HEADER.size


class Corrupt(Exception):
    """What was read is not what we wrote."""


class Kind(IntEnum):
    """What a record says about its message."""

    MESSAGE = 1
    RECIPIENTS_DONE = 2
    DONE = 3
    STATE = 4


_KINDS = frozenset(Kind)


class Record(NamedTuple):
    """A record as found; ``payload`` is where its payload lies, ``intact`` if its CRC agrees."""

    kind: Kind
    number: int
    start: int
    payload: slice
    intact: bool

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return _aligned(self.payload.stop)


def size_of(payload_size: int) -> int:
    """What a record with such a payload takes on the disk."""
    return _aligned(HEADER_SIZE + payload_size)


def frame(kind: Kind, generation: int, number: int, payload: bytes) -> tuple[bytes, bytes, bytes]:
    """The three pieces of a record, ready to be joined with others."""
    length = len(payload)
    fields = _FIELDS.pack(MAGIC, kind, generation, number, length, zlib.crc32(payload))
    return _HEADER.pack(fields, zlib.crc32(fields)), payload, b"\0" * (-length % ALIGNMENT)


def record_at(data: bytes, position: int, generation: int) -> Record | None:
    """The record that begins at ``position``, or None if there is no header of that generation."""
    if len(data) - position < HEADER_SIZE:
        return None
    fields, header_crc = _HEADER.unpack_from(data, position)
    magic, kind, found_generation, number, length, crc = _FIELDS.unpack(fields)
    if magic != MAGIC or found_generation != generation or header_crc != zlib.crc32(fields):
        return None
    start = position + HEADER_SIZE
    if start + length > len(data) or kind not in _KINDS:
        return None
    payload = slice(start, start + length)
    return Record(Kind(kind), number, position, payload, crc == zlib.crc32(data[payload]))


def scan(data: bytes, generation: int, position: int = 0) -> Iterator[Record]:
    """All records of one generation, over gaps and damage, in the order they were written."""
    while position <= len(data) - HEADER_SIZE:
        record = record_at(data, position, generation)
        if record is not None:
            yield record
            position = record.end
        else:
            position = _next_magic(data, position + ALIGNMENT)


def _next_magic(data: bytes, position: int) -> int:
    """The next place where a header could begin; the end of ``data`` if there is none."""
    while (found := data.find(MAGIC, position)) >= 0:
        if found % ALIGNMENT == 0:
            return found
        position = found + 1
    return len(data)


def _aligned(size: int) -> int:
    return size + -size % ALIGNMENT
