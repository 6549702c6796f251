"""Socket ``queue-admin``: what only the superuser may do to queued mail (postsuper, postcat)."""

from enum import Enum

from postroom.contracts.showq import Entry, QueueName
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Envelope, Value
from postroom.mail.queue_id import QueueId, QueueIdOrNone


class Action(str, Enum):
    """postsuper(1)'s -d, -h, -H, -r, -e and -f."""

    DELETE = "delete"
    HOLD = "hold"
    RELEASE = "release"
    REQUEUE = "requeue"
    EXPIRE = "expire"
    FORCE_EXPIRE = "force-expire"


class Done(Value, frozen=True, tag="done"):
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
    """Do it to one message (``queue_id``), or to all; only if it is in one of ``queues``, if
    there are any."""

    action: Action
    queue_id: QueueIdOrNone = ""
    queues: tuple[QueueName, ...] = ()


class Read(Question[Message | NotFound], frozen=True, tag="read"):
    queue_id: QueueId


CONTRACT = Contract("queue-admin", Apply, Read)
