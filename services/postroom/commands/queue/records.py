"""A queued message as the records that postcat shows, with Postfix's names and numbers.

Our files are not made of such records; what has no place of its own in them is at offset 0.
"""

import os
import time
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from postroom.commands.queue.message import QueuedMessage
from postroom.mail import header
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.maillog.record import printable

# A longer line is shown as several records (bytes).
PIECE = 65_536
# RFC 3461 section 4.1 and 4.3, as numbers in Postfix's queue files.
_NOTIFY = {Notify.NEVER: 1, Notify.SUCCESS: 2, Notify.FAILURE: 4, Notify.DELAY: 8}
_RET = {"": "", "FULL": "1", "HDRS": "2"}


class Kind(IntEnum):
    """Types of records in Postfix's queue files that have a counterpart here."""

    ATTRIBUTE = ord("A")
    SIZE = ord("C")
    END = ord("E")
    FULL_NAME = ord("F")
    CONTINUED = ord("L")
    CONTENT = ord("M")
    TEXT = ord("N")
    ORIGINAL = ord("O")
    RECIPIENT = ord("R")
    SENDER = ord("S")
    ARRIVAL = ord("T")
    VERP = ord("V")
    EXTRACTED = ord("X")


class Record(NamedTuple):
    """``offset`` into the message's file; ``data`` as it is printed."""

    kind: Kind
    offset: int
    data: bytes


def envelope_records(message: QueuedMessage) -> Iterator[Record]:
    """What is known besides the content."""
    envelope = message.envelope
    when = time.ctime(envelope.arrival)
    sizes = (message.size, message.offset, len(envelope.recipients), 0, message.size, 0)
    yield _record(Kind.SIZE, "message_size:" + " ".join(f"{number:15}" for number in sizes))
    yield _record(Kind.ARRIVAL, f"message_arrival_time: {when}")
    yield _record(Kind.ATTRIBUTE, f"create_time: {when}")
    if envelope.filter:
        yield _record(Kind.ATTRIBUTE, f"content_filter: {envelope.filter}")
    yield from _attributes(_of_message(envelope))
    if envelope.submitter is not None and envelope.submitter.full_name:
        yield _record(Kind.FULL_NAME, f"sender_fullname: {envelope.submitter.full_name}")
    yield _record(Kind.SENDER, f"sender: {envelope.sender}")
    if envelope.verp:
        yield _record(Kind.VERP, f"verp_delimiters: {envelope.verp}")
    yield from _attributes(_of_client(envelope))
    for index, recipient in enumerate(envelope.recipients):
        yield from _of_recipient(recipient)
        if index < len(message.reasons) and message.reasons[index]:
            yield _record(Kind.ATTRIBUTE, f"delay_reason: {message.reasons[index]}")


def extracted_records(message: QueuedMessage) -> Iterator[Record]:
    """What is known from the header."""
    start = os.pread(message.descriptor, min(PIECE, message.size), message.offset)
    field = header.scan(start).first(b"message-id")
    if field is not None:
        yield from _attributes([("message_id", header.decode(field.text(start)))])


def content_records(message: QueuedMessage) -> Iterator[tuple[bool, Record]]:
    """Each line with whether it belongs to the header."""
    in_header = True
    for record in _lines(message):
        in_header = in_header and header.is_field_start(record.data)
        yield in_header, record


def _lines(message: QueuedMessage) -> Iterator[Record]:
    """The lines of the content, leading dots undoubled (RFC 5321 section 4.5.2)."""
    offset, rest, line_start = message.offset, b"", True
    for piece in message.pieces(PIECE):
        *lines, rest = (rest + piece).split(b"\r\n")
        for line in lines:
            yield Record(Kind.TEXT, offset, line[line_start and line.startswith(b".") :])
            offset += len(line) + 2
            line_start = True
        if len(rest) > PIECE:
            # A CR at the end may belong to the line end.
            part, rest = rest[:-1], rest[-1:]
            yield Record(Kind.CONTINUED, offset, part[line_start and part.startswith(b".") :])
            offset += len(part)
            line_start = False
    if rest:
        yield Record(Kind.TEXT, offset, rest[line_start and rest.startswith(b".") :])


_ENCODINGS = {"": "", "7BIT": "7bit", "8BITMIME": "8bit"}


def _of_message(envelope: Envelope) -> Iterator[tuple[str, str]]:
    yield "log_ident", envelope.forwarded_id
    yield "envelope_id", envelope.envid
    yield "ret_flags", _RET[envelope.ret]
    yield "rewrite_context", "local" if envelope.rewrite_locally else "remote"
    yield "encoding", _ENCODINGS[envelope.body]


def _of_client(envelope: Envelope) -> Iterator[tuple[str, str]]:
    client, upstream = envelope.client, envelope.upstream
    if upstream is not None:
        yield "log_client_name", upstream.name
        yield "log_client_address", upstream.address
        yield "log_client_port", str(upstream.port)
        yield "log_message_origin", upstream.shown
        yield "log_helo_name", upstream.helo
        yield "log_protocol_name", upstream.protocol
    if client is not None:
        yield "sasl_method", client.sasl_method
        yield "sasl_username", client.sasl_username
    if envelope.submitter is not None:
        yield "uid", str(envelope.submitter.uid)


def _of_recipient(recipient: Recipient) -> Iterator[Record]:
    flags = sum(_NOTIFY[notify] for notify in recipient.notify)
    yield from _attributes(
        [
            ("notify_flags", str(flags) if flags else ""),
            ("dsn_orig_rcpt", recipient.orcpt),
        ]
    )
    yield _record(Kind.ORIGINAL, f"original_recipient: {recipient.original or recipient.address}")
    yield _record(Kind.RECIPIENT, f"recipient: {recipient.address}")


def _attributes(values: Iterable[tuple[str, str]]) -> Iterator[Record]:
    for name, value in values:
        if value:
            yield _record(Kind.ATTRIBUTE, f"named_attribute: {name}={value}")


def _record(kind: Kind, text: str) -> Record:
    return Record(kind, 0, printable(text).encode("utf-8", "surrogateescape"))
