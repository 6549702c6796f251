"""A queued message as postcat shows it."""

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

from postroom.mail.envelope import Envelope, Line, Recipient
from postroom.maillog.record import printable


class QueuedMessage(NamedTuple):
    """``name`` is for the reader; the content is ``size`` bytes from ``offset`` of a file."""

    name: str
    envelope: Envelope
    reasons: tuple[Line, ...]
    descriptor: int
    offset: int
    size: int

    def pieces(self, most: int) -> Iterator[bytes]:
        """The content, in pieces of at most ``most`` bytes."""
        position, end = self.offset, self.offset + self.size
        while position < end:
            piece = os.pread(self.descriptor, min(most, end - position), position)
            if not piece:
                return
            yield piece
            position += len(piece)


def envelope_lines(message: QueuedMessage) -> Iterator[str]:
    """What is known besides the content, up to the sender."""
    envelope = message.envelope
    sizes = (message.size, message.offset, len(envelope.recipients), 0, message.size, 0)
    yield "message_size:" + " ".join(f"{number:15}" for number in sizes)
    yield f"message_arrival_time: {time.ctime(envelope.arrival)}"
    yield f"create_time: {time.ctime(envelope.arrival)}"
    for name, value in _attributes(envelope):
        if value:
            yield f"named_attribute: {name}={printable(value)}"
    if envelope.submitter is not None and envelope.submitter.full_name:
        yield f"sender_fullname: {printable(envelope.submitter.full_name)}"
    yield f"sender: {printable(envelope.sender)}"


def recipient_lines(message: QueuedMessage) -> Iterator[str]:
    """The recipients that are left, and why they wait."""
    for index, recipient in enumerate(message.envelope.recipients):
        yield from _recipient(recipient)
        if index < len(message.reasons) and message.reasons[index]:
            yield f"delay_reason: {printable(message.reasons[index])}"


def _recipient(recipient: Recipient) -> Iterator[str]:
    if recipient.orcpt:
        yield f"named_attribute: dsn_orig_rcpt={printable(recipient.orcpt)}"
    if recipient.notify:
        notify = ",".join(value.value for value in recipient.notify)
        yield f"named_attribute: notify_flags={notify}"
    yield f"original_recipient: {printable(recipient.original or recipient.address)}"
    yield f"recipient: {printable(recipient.address)}"


def _attributes(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """By the names Postfix's queue files use."""
    rewriting = "local" if envelope.rewrite_locally else "remote"
    yield "rewrite_context", rewriting
    yield "envelope_id", envelope.envid
    yield "ret_flags", envelope.ret
    yield "encoding", "8bit" if envelope.body == "8BITMIME" else "7bit"
    client = envelope.client
    if client is not None:
        yield "log_client_name", client.name
        yield "log_client_address", client.address
        yield "log_client_port", str(client.port)
        yield "log_helo_name", client.helo
        yield "log_protocol_name", client.protocol
        yield "sasl_method", client.sasl_method
        yield "sasl_username", client.sasl_username
    if envelope.submitter is not None:
        yield "uid", str(envelope.submitter.uid)
