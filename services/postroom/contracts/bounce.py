"""Sockets ``bounce``, ``defer`` and ``trace``: tell the sender what became of a message.

Called by qmgr alone. bounce(8) composes RFC 3464 reports, to the sender and where main.cf says so
to the postmaster, and hands them to cleanup; qmgr forgets the failed recipients only after an
answer. The original's content comes as in ``delivery``: in the frame, or as a descriptor from
``offset`` on.
"""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from postroom.contracts.qmgr import MAX_CONTENT
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Envelope, Value
from postroom.mail.queue_id import QueueId
from postroom.mail.status import Outcome


class Kind(str, Enum):
    """RFC 3464 section 2.3.3: what the report says; TRACE is what sendmail -bv and -v ask for,
    PROBE what verify(8) does, which alone hears of it."""

    FAILURE = "failure"
    DELAY = "delay"
    SUCCESS = "success"
    TRACE = "trace"
    PROBE = "probe"


class Sent(Value, frozen=True, tag="sent"):
    """The report is in the queue under this id."""

    queue_id: QueueId


class Unwanted(Value, frozen=True, tag="unwanted"):
    """Nobody is told, now or later: nobody is there who wants to hear (null sender, NOTIFY), or
    cleanup refuses the report for good, which the log says."""


class Tell(Question[Sent | Unwanted], frozen=True, tag="tell"):
    """Report on the recipients of ``envelope``; ``outcomes`` index into them.

    Of failures and delays all are told, and NOTIFY decides who hears of which; of the rest those
    only that somebody wants to hear of.
    """

    kind: Kind
    queue_id: QueueId
    envelope: Envelope
    outcomes: tuple[Outcome, ...]
    size: Annotated[int, Meta(ge=0)]
    content: Annotated[bytes, Meta(max_length=MAX_CONTENT)] | None = None
    offset: Annotated[int, Meta(ge=0)] = 0


CONTRACT = Contract("bounce", Tell)
