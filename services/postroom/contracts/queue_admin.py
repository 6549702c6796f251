"""Socket ``queue-admin``: what only the superuser may do to queued mail (postsuper, postcat)."""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from postroom.contracts.showq import Entry, QueueName
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Envelope, Value
from postroom.mail.queue_id import QueueId, QueueIdOrNone

# Messages named in one question, which mail under way waits for; and ids in one answer.
MAX_NAMED = 500
MAX_FOUND = 50_000

Queues = tuple[QueueName, ...]


class Action(str, Enum):
    """postsuper(1)'s -d, -h, -H and -e."""

    DELETE = "delete"
    HOLD = "hold"
    RELEASE = "release"
    EXPIRE = "expire"


class Done(Value, frozen=True, tag="done"):
    """The messages it was done to."""

    queue_ids: tuple[QueueId, ...]


class DoneToAll(Value, frozen=True, tag="done-to-all"):
    """How many messages it was done to."""

    count: int


class NotFound(Value, frozen=True, tag="not-found"):
    """No such message in the queue."""


class Message(Value, frozen=True, tag="message"):
    """Envelope and place of a message; its content is the descriptor that comes with it,
    from ``offset`` on and ``size`` bytes long."""

    entry: Entry
    envelope: Envelope
    size: int
    offset: int


class Apply(Question[Done], frozen=True, tag="apply"):
    """Do it to some messages; only to those in one of ``queues``."""

    action: Action
    queue_ids: Annotated[tuple[QueueId, ...], Meta(max_length=MAX_NAMED)]
    queues: Queues


class ApplyToAll(Question[DoneToAll], frozen=True, tag="apply-to-all"):
    """Do it to all messages in ``queues``."""

    action: Action
    queues: Queues


class Find(Question[Done], frozen=True, tag="find"):
    """Name at most MAX_FOUND messages in ``queues``, with ids greater than ``after``."""

    queues: Queues
    after: QueueIdOrNone = ""


class Take(Question[Message | NotFound], frozen=True, tag="take"):
    """Put a message on hold if it is in one of ``queues``, and show what is left of it.

    The answer comes when no delivery of it is under way any more; ``entry`` says where it was
    before.
    """

    queue_id: QueueId
    queues: Queues


class Read(Question[Message | NotFound], frozen=True, tag="read"):
    queue_id: QueueId


CONTRACT = Contract("queue-admin", Apply, ApplyToAll, Find, Take, Read)
