"""Socket ``submitted``: what users may ask of the maildrop: list it."""

from typing import Annotated

from msgspec import Meta

from postroom.contracts.pages import Position
from postroom.contracts.showq import NotAllowed
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Address, Value

# The name of a file, without its dots; a message gets a queue id only when pickup takes it.
DropId = Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,255}\Z")]


class Submitted(Value, frozen=True, gc=False):
    """A message that pickup has not taken to the queue yet; ``arrival`` in seconds since 1970,
    ``size`` in bytes."""

    known_as: DropId
    arrival: float
    size: int
    sender: Address
    recipients: tuple[Address, ...] = ()


class Page(Value, frozen=True, tag="page"):
    """Some messages, oldest first; ``following`` is where the next page begins, 0 after the
    last one."""

    entries: tuple[Submitted, ...]
    following: Position = 0


class List(Question[Page | NotAllowed], frozen=True, tag="list"):
    """The messages from a place on (contracts/pages)."""

    start: Position = 0


# Anybody may ask, and a page is large.
CONTRACT = Contract("submitted", List, in_flight=1, public=True)
