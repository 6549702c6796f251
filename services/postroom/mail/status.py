"""Enhanced status codes (RFC 3463) and what became of one recipient."""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from postroom.mail.envelope import (
    UncheckedAddress,
    UncheckedLine,
    Value,
    check_address,
    check_line,
)

StatusCode = Annotated[str, Meta(pattern=r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}\Z")]


class Fate(str, Enum):
    """The class of a status code in the words of the mail log."""

    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"


class Finding(str, Enum):
    """The same for a probe, which is neither delivered nor tried again (sendmail -bv)."""

    DELIVERABLE = "deliverable"
    UNDELIVERABLE = "undeliverable"


class Reach(str, Enum):
    """How far a message that was ``sent`` has come, in the words of RFC 3464 section 2.3.3."""

    DELIVERED = "delivered"
    # Another host has it, and may still fail.
    RELAYED = "relayed"
    # It became messages to others, of which the sender hears no success.
    EXPANDED = "expanded"


_FATES = {"2": Fate.SENT, "4": Fate.DEFERRED, "5": Fate.BOUNCED}


def fate_of(code: StatusCode) -> Fate:
    """Derive what a code means; it is never stored beside the code (RFC 3463 section 2)."""
    return _FATES[code[0]]


def found_by(code: StatusCode) -> Finding:
    """What a code means to a probe: whom we cannot reach now is not reached."""
    return Finding.DELIVERABLE if code[0] == "2" else Finding.UNDELIVERABLE


class Outcome(Value, frozen=True):
    """What one delivery attempt did for one recipient.

    ``recipient`` is the index in the request. ``relay`` is what the log shows behind
    ``relay=``; ``remote_mta`` and ``remote_reply`` are for RFC 3464 reports (empty where no
    other host spoke). ``address`` names the final address where the agent forwarded.
    """

    recipient: int
    code: StatusCode
    text: UncheckedLine
    relay: UncheckedLine = "none"
    remote_mta: UncheckedAddress = ""
    remote_reply: UncheckedLine = ""
    # The next host offers DSN and got the sender's wishes: it reports success, not we.
    passed_on: bool = False
    reach: Reach = Reach.DELIVERED

    def __post_init__(self) -> None:
        check_line(f"{self.text}{self.relay}{self.remote_reply}")
        check_address(self.remote_mta)

    @property
    def fate(self) -> Fate:
        return fate_of(self.code)
