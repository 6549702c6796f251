"""The framing of everything the spool appends: journal segments and the tails of queue files.

A record is a header of 40 bytes, the payload, and zeros up to a multiple of 8:

    offset  size
    0       4     magic, b"\\xabPR", and the format's major version, b"1"
    4       1     kind
    5       1     1 if it is the first of its batch, else 0 (and 0 before version 1.1)
    6       2     zero
    8       8     generation: of the segment; 0 in a queue file
    16      8     queue id as a number
    24      4     length of the payload
    28      4     CRC-32 of the payload
    32      4     CRC-32 of the 32 bytes before
    36      4     zero

All numbers are little-endian. The generation keeps a recycled segment's old records apart
from its new ones; the header's own CRC lets a reader step over a payload that is damaged.
The first record of a batch proves that all before it was on the disk when it was written.
Every later version keeps the places of the magic, of the generation and of the header's CRC, so
that this one can tell a newer record from a damaged one.
"""

import errno
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple
from zlib import crc32

VERSION = 1
_FAMILY = b"\xabPR"
MAGIC = _FAMILY + b"%d" % VERSION
ALIGNMENT = 8
_FIELDS = struct.Struct("<4sBB2xQQII")
_HEADER = struct.Struct("<32sI4x")
HEADER_SIZE = _HEADER.size
_PADDINGS = tuple(b"\0" * size for size in range(ALIGNMENT))


class Corrupt(Exception):
    """What was read is not what we wrote."""


class NewerFormat(OSError):
    """A later version wrote this, in a way that is unknown here: it is left alone, as all is that
    cannot be read."""

    def __init__(self, version: int) -> None:
        super().__init__(errno.EPROTO, f"format version {version} is newer than ours ({VERSION})")


class Kind(IntEnum):
    """What a record says about its message."""

    MESSAGE = 1
    RECIPIENTS_DONE = 2
    DONE = 3
    STATE = 4


_KINDS = {int(kind): kind for kind in Kind}
Readable = bytes | bytearray


class Record(NamedTuple):
    """A record as found; ``payload`` is where its payload lies, ``end`` where the next record
    begins, ``intact`` if its CRC agrees."""

    kind: Kind
    number: int
    start: int
    payload: slice
    end: int
    intact: bool
    first: bool


def size_of(payload_size: int) -> int:
    """What a record with such a payload takes on the disk."""
    return _aligned(HEADER_SIZE + payload_size)


def frame(
    kind: Kind, generation: int, number: int, payload: tuple[bytes, ...], *, first: bool = False
) -> tuple[bytes, ...]:
    """The pieces of a record, ready to be written with others."""
    length = crc = 0
    for piece in payload:
        length += len(piece)
        crc = crc32(piece, crc)
    fields = _FIELDS.pack(MAGIC, kind, first, generation, number, length, crc)
    return _HEADER.pack(fields, crc32(fields)), *payload, _PADDINGS[-length % ALIGNMENT]


def record_at(data: Readable, position: int, generation: int) -> Record | None:
    """The record that begins at ``position``, or None if there is no header of that generation."""
    fields = _sound_header(data, position)
    if fields is None:
        return None
    magic, kind, first, found_generation, number, length, crc = fields
    if magic != MAGIC or found_generation != generation:
        return None
    start = position + HEADER_SIZE
    stop = start + length
    if stop > len(data) or kind not in _KINDS:
        return None
    payload = slice(start, stop)
    intact = crc == crc32(data[payload])
    return Record(_KINDS[kind], number, position, payload, _aligned(stop), intact, bool(first))


def scan(data: Readable, generation: int, position: int = 0) -> Iterator[Record]:
    """All records of one generation, over gaps and damage, in the order they were written."""
    while position <= len(data) - HEADER_SIZE:
        record = record_at(data, position, generation)
        if record is not None:
            yield record
            position = record.end
        else:
            position = _next_magic(data, position + ALIGNMENT)


def generation_at(data: Readable, position: int) -> int | None:
    """The generation of the record that begins at ``position``, if its header is sound."""
    fields = _sound_header(data, position)
    return int(fields[3]) if fields and fields[0] == MAGIC else None


def check_version(data: Readable) -> None:
    """Raise NewerFormat if ``data`` begins with a record of a later version."""
    fields = _sound_header(data, 0)
    if not fields or fields[0] == MAGIC or not fields[0].startswith(_FAMILY):
        return
    version = fields[0].removeprefix(_FAMILY)
    if version.isdigit() and int(version) > VERSION:
        raise NewerFormat(int(version))


def _sound_header(data: Readable, position: int) -> tuple[Any, ...] | None:
    """The fields of a header of any version, if its CRC agrees."""
    if len(data) - position < HEADER_SIZE:
        return None
    fields, crc = _HEADER.unpack_from(data, position)
    return _FIELDS.unpack(fields) if crc == crc32(fields) else None


def _next_magic(data: Readable, position: int) -> int:
    """The next place where a header could begin; the end of ``data`` if there is none."""
    while (found := data.find(MAGIC, position)) >= 0:
        if found % ALIGNMENT == 0:
            return found
        position = found + 1
    return len(data)


def _aligned(size: int) -> int:
    return size + -size % ALIGNMENT
