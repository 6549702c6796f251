"""Socket ``qmgr``: cleanup hands over a finished message.

Called by cleanup alone. qmgr trusts neither sizes nor ids: it checks that the id is free and
that the file it handed out has no writer left (fcntl(2), F_SETLEASE).
"""

from typing import Annotated

from msgspec import Meta

from postroom.contracts.cleanup import MAX_INLINE, Ready, Refused
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Envelope, Value
from postroom.mail.queue_id import QueueId, QueueIdRange


class Stored(Value, frozen=True, tag="stored"):
    """On stable storage."""


# Headers may have grown on the way through cleanup (Received, Message-ID, Date, From).
MAX_CONTENT = MAX_INLINE + 16_384


class LeaseIds(Question[QueueIdRange], frozen=True, tag="lease"):
    """Ask for queue ids that nobody else has or had."""

    count: Annotated[int, Meta(ge=1, le=4096)]


class Enqueue(Question[Stored | Refused], frozen=True, tag="enqueue"):
    """A small message, whole."""

    queue_id: QueueId
    envelope: Envelope
    content: Annotated[bytes, Meta(max_length=MAX_CONTENT)]


class OpenFile(Question[Ready | Refused], frozen=True, tag="open"):
    """Ask for a file to write a large message to; the answer carries its descriptor."""

    queue_id: QueueId


class EnqueueFile(Question[Stored | Refused], frozen=True, tag="enqueue-file"):
    """The file opened under this id is complete, closed by the caller and ``size`` bytes long."""

    queue_id: QueueId
    envelope: Envelope
    size: Annotated[int, Meta(ge=0)]


class DropFile(Question[Ready], frozen=True, tag="drop-file"):
    """The file opened under this id, if there is one, will not be completed."""

    queue_id: QueueId


CONTRACT = Contract("qmgr", LeaseIds, Enqueue, OpenFile, EnqueueFile, DropFile, in_flight=1024)
