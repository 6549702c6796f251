"""What was witnessed, in its order: a type of step for each kind of thing that can happen."""

from typing import Any

from msgspec import Struct

from postroom.contracts.rewrite import AddressClass
from postroom.systemd.journal import Priority


class Completed(Struct, frozen=True, tag="completed"):
    """trivial-rewrite put an address in form."""

    address: str
    became: str


class Masqueraded(Struct, frozen=True, tag="masqueraded"):
    """An address lost the hosts in its domain (main.cf: masquerade_domains)."""

    address: str
    became: str


class Searched(Struct, frozen=True, tag="searched"):
    """A table was asked for a key. ``value`` is None where it has none, or where it failed."""

    component: str
    parameters: tuple[str, ...]
    table: str
    key: str
    value: str | None
    error: str = ""


class Judged(Struct, frozen=True, tag="judged"):
    """A restriction of the list ``parameter`` was applied to a command."""

    parameter: str
    stage: str
    restriction: str
    verdict: str


class Named(Struct, frozen=True, tag="named"):
    """The name service was asked."""

    name: str
    record: str
    answer: str


class Resolved(Struct, frozen=True, tag="resolved"):
    """trivial-rewrite found out where an address goes."""

    address: str
    recipient: str
    address_class: AddressClass
    transport: str
    nexthop: str


class Said(Struct, frozen=True, tag="said"):
    """A command of the client's; a dot stands for the message."""

    command: str


class Replied(Struct, frozen=True, tag="replied"):
    """The greeting, or what the command before was answered in the end."""

    reply: str


class Logged(Struct, frozen=True, tag="logged"):
    """A line that the log would have."""

    component: str
    text: str


Step = Completed | Masqueraded | Searched | Judged | Named | Resolved | Said | Replied | Logged


class Record:
    """All steps so far."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, step: Step) -> None:
        self.steps.append(step)


class RecordedJournal:
    """The journal of one component."""

    def __init__(self, component: str, record: Record) -> None:
        self._component = component
        self._record = record

    def send(self, _: Priority, message: str, __: dict[str, Any]) -> None:
        self._record.add(Logged(self._component, message))
