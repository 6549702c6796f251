"""The file of one waiting or large message: what is on the disk, and how it is read.

    offset   size
    0        8      "POSTROOM"
    8        2      format version, 1
    10       6      zero
    16       8      queue id as a number
    24       8      size of the content
    32       4      CRC-32 of the content
    36       4      CRC-32 of the 36 bytes before
    40       24     zero
    64              the content: wire form, lines end in CRLF, leading dots doubled
    64+size         records as in a journal, of generation 0, the first at the next multiple of 8:
                    STATE            envelope and what became of its recipients, as msgpack
                    RECIPIENTS_DONE  indexes into the recipients of the STATE whose offset it names

The newest STATE that verifies is valid, less the recipients that were done since. Records are
only ever appended, and cut off first is what a crash left half written. All numbers are
little-endian. The modification time of the file is when the message is due.
"""

import os
import struct
import zlib
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from postroom.mail.envelope import Envelope, Line, Value
from postroom.mail.queue_id import format_queue_id
from postroom.spool.durably import write_all
from postroom.spool.record import (
    ALIGNMENT,
    VERSION,
    Corrupt,
    Kind,
    NewerFormat,
    Record,
    frame,
    scan,
)

CONTENT_OFFSET = 64
_MAGIC = b"POSTROOM"
_FIELDS = struct.Struct("<8sH6xQQI")
_HEADER = struct.Struct("<36sI24x")
# As a rule this is all of a file (bytes).
FIRST_READ = 16_384
# One piece when a large file is read for its checksum: it fits a processor's cache.
_PIECE = 128 * 1024

Index = Annotated[int, Meta(ge=0)]


class State(Value, frozen=True):
    """What is known of a message besides its content.

    ``reasons`` says for each recipient why it waits (empty: not tried yet). ``warned`` is set
    once the sender was told of the delay, ``expire`` when postsuper -e wants it returned.
    """

    envelope: Envelope
    reasons: tuple[Line, ...] = ()
    warned: bool = False
    expire: bool = False

    def reason(self, index: int) -> str:
        """Why one recipient waits."""
        return self.reasons[index] if index < len(self.reasons) else ""

    def without(self, done: frozenset[int]) -> "State":
        """The same message for those recipients that are left."""
        if not done:
            return self
        left = [i for i in range(len(self.envelope.recipients)) if i not in done]
        envelope = self.envelope.to(tuple(self.envelope.recipients[i] for i in left))
        reasons = tuple(self.reason(i) for i in left)
        return msgspec.structs.replace(self, envelope=envelope, reasons=reasons)


class _Done(Value, frozen=True):
    """The payload of RECIPIENTS_DONE."""

    state_offset: int
    recipients: tuple[Index, ...]


class Found(NamedTuple):
    """What there is in a file: ``state`` is the payload of the STATE that is valid, and the rest as
    in Contents."""

    size: int
    crc: int
    end: int
    state_offset: int
    state: bytes
    done: frozenset[int]


class Contents(msgspec.Struct, frozen=True):
    """A file as read: ``end`` is where the next record goes, ``state_offset`` names the STATE
    that is valid and ``done`` those of its recipients that need nothing more, ``due`` is its
    modification time."""

    size: int
    crc: int
    end: int
    state_offset: int
    whole_state: State
    done: frozenset[int]
    due: float

    @property
    def state(self) -> State:
        return self.whole_state.without(self.done)


_state_decoder = msgspec.msgpack.Decoder(State)
_done_decoder = msgspec.msgpack.Decoder(_Done)
_NOBODY: frozenset[int] = frozenset()


def header(number: int, size: int, crc: int) -> bytes:
    """The first CONTENT_OFFSET bytes of a file."""
    fields = _FIELDS.pack(_MAGIC, VERSION, number, size, crc)
    return _HEADER.pack(fields, zlib.crc32(fields))


def tail_offset(size: int) -> int:
    """Where the first record stands behind ``size`` bytes of content."""
    end = CONTENT_OFFSET + size
    return end + -end % ALIGNMENT


def state_record(number: int, state: State) -> bytes:
    """A STATE record."""
    return b"".join(frame(Kind.STATE, 0, number, (msgspec.msgpack.encode(state),)))


def done_record(number: int, state_offset: int, recipients: tuple[int, ...]) -> bytes:
    """A RECIPIENTS_DONE record."""
    payload = msgspec.msgpack.encode(_Done(state_offset, recipients))
    return b"".join(frame(Kind.RECIPIENTS_DONE, 0, number, (payload,)))


def whole_file(number: int, content: bytes, state: State) -> bytes:
    """Everything a new file for a small message holds."""
    size = len(content)
    padding = b"\0" * (tail_offset(size) - CONTENT_OFFSET - size)
    head = header(number, size, zlib.crc32(content))
    return b"".join((head, content, padding, state_record(number, state)))


def number_in(descriptor: int) -> int:
    """Which message a file is of, whatever its name is; raises Corrupt or OSError."""
    data = os.pread(descriptor, CONTENT_OFFSET, 0)
    if len(data) < CONTENT_OFFSET or not data.startswith(_MAGIC):
        raise Corrupt("no valid header")
    return int(_FIELDS.unpack_from(data)[2])


def read_contents(descriptor: int, number: int) -> Contents:
    """Read all but the content, which is not looked at; raises Corrupt or OSError."""
    size, crc, end, offset, encoded, done = find_state(descriptor, number)
    try:
        state = _state_decoder.decode(encoded)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Corrupt(f"bad envelope: {error}") from None
    due = os.fstat(descriptor).st_mtime
    return Contents(size, crc, end, offset, state, done, due)


def find_state(descriptor: int, number: int) -> Found:
    """The same for who wants to know but a part of it; raises Corrupt or OSError."""
    beginning = os.pread(descriptor, FIRST_READ, 0)
    size, crc = _read_header(beginning, number)
    start = tail_offset(size)
    if len(beginning) < FIRST_READ:
        tail = beginning[start:]
    else:
        tail = os.pread(descriptor, max(os.fstat(descriptor).st_size - start, 0), start)
    offset, state, done, end = -1, b"", _NOBODY, 0
    for record in scan(tail, 0):
        if not record.intact or record.number != number:
            continue
        end = record.end
        if record.kind is Kind.STATE:
            offset, state, done = record.start, tail[record.payload], _NOBODY
        elif record.kind is Kind.RECIPIENTS_DONE:
            done |= _decode_done(tail, record, start + offset)
    if not state:
        raise Corrupt("no valid envelope")
    return Found(size, crc, start + end, start + offset, state, done)


def read_content(descriptor: int, contents: Contents) -> bytes:
    """The whole content, verified; raises Corrupt or OSError. For small messages."""
    content = os.pread(descriptor, contents.size, CONTENT_OFFSET)
    if zlib.crc32(content) != contents.crc:
        raise Corrupt("content does not verify")
    return content


def verify_content(descriptor: int, contents: Contents) -> None:
    """Check a content of any size piece by piece; raises Corrupt or OSError."""
    if content_crc(descriptor, contents.size) != contents.crc:
        raise Corrupt("content does not verify")


def content_crc(descriptor: int, size: int) -> int:
    """CRC-32 of the content of a file."""
    crc, position, end = 0, CONTENT_OFFSET, CONTENT_OFFSET + size
    with memoryview(bytearray(min(_PIECE, size))) as piece:
        while position < end:
            count = os.preadv(descriptor, [piece[: end - position]], position)
            if not count:
                raise Corrupt("content is cut off")
            crc = zlib.crc32(piece[:count], crc)
            position += count
    return crc


def append(descriptor: int, end: int, record: bytes) -> int:
    """Add a record at ``end``, cut off what is behind it, and say where the next one goes."""
    os.ftruncate(descriptor, end)
    write_all(descriptor, record, end)
    return end + len(record)


def _read_header(data: bytes, number: int) -> tuple[int, int]:
    if len(data) < CONTENT_OFFSET:
        raise Corrupt("too short")
    fields, crc = _HEADER.unpack_from(data)
    magic, version, found, size, content_crc = _FIELDS.unpack(fields)
    if magic != _MAGIC or crc != zlib.crc32(fields):
        raise Corrupt("no valid header")
    if version > VERSION:
        raise NewerFormat(version)
    if version != VERSION:
        raise Corrupt(f"format version {version} is unknown")
    if found != number:
        raise Corrupt(f"this is message {format_queue_id(found)}")
    return size, content_crc


def _decode_done(tail: bytes, record: Record, state_offset: int) -> frozenset[int]:
    try:
        done = _done_decoder.decode(tail[record.payload])
    except (msgspec.MsgspecError, ValueError) as error:
        raise Corrupt(f"bad mark: {error}") from None
    # A mark for a STATE that no longer verifies counts other recipients.
    return frozenset(done.recipients) if done.state_offset == state_offset else frozenset()
