"""Socket ``showq``: what users may ask of the queue: list it, and have it tried again."""

from enum import Enum

from postroom.contracts.cleanup import Ready
from postroom.contracts.pages import Position
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Address, Line, Value
from postroom.mail.queue_id import QueueId


class QueueName(str, Enum):
    """In Postfix's words; ``incoming`` is never seen, a stored message is active or waits.
    ``maildrop`` is not qmgr's to tell of (contracts/submitted)."""

    ACTIVE = "active"
    DEFERRED = "deferred"
    HOLD = "hold"
    MAILDROP = "maildrop"


class WaitingRecipient(Value, frozen=True, gc=False):
    address: Address
    delay_reason: Line = ""


class Entry(Value, frozen=True, gc=False):
    """One queued message; ``arrival`` in seconds since 1970, ``size`` in bytes.

    ``forced_expire``: it will be returned at the next attempt (postsuper -e)."""

    queue_id: QueueId
    queue: QueueName
    arrival: float
    size: int
    sender: Address
    recipients: tuple[WaitingRecipient, ...]
    forced_expire: bool = False


class Page(Value, frozen=True, tag="page"):
    """Some entries, oldest first; ``following`` is where the next page begins, 0 after the
    last one."""

    entries: tuple[Entry, ...]
    following: Position = 0


class NotAllowed(Value, frozen=True, tag="not-allowed"):
    """Not for this user (main.cf: authorized_mailq_users, authorized_flush_users)."""


class List(Question[Page | NotAllowed], frozen=True, tag="list"):
    """The entries from a place on (contracts/pages)."""

    start: Position = 0


class Flush(Question[Ready | NotAllowed], frozen=True, tag="flush"):
    """Try all deferred mail again now."""


class FlushSite(Question[Ready | NotAllowed], frozen=True, tag="flush-site"):
    """Try the mail for one destination domain again now."""

    site: Address


class FlushMessage(Question[Ready | NotAllowed], frozen=True, tag="flush-message"):
    """Try one message again now; an unknown id is no error."""

    queue_id: QueueId


class RunQueue(Question[Ready | NotAllowed], frozen=True, tag="run"):
    """What the retry timer says: make active whatever is due."""


# Anybody may ask, and a page is large: few at a time, or one caller could fill our memory.
CONTRACT = Contract(
    "showq", List, Flush, FlushSite, FlushMessage, RunQueue, in_flight=8, public=True
)
