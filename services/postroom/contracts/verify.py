"""Socket ``verify``: whether mail to an address could be delivered, as probes have shown.

Called by smtpd. The results of probes come by socket ``probed``.
"""

from enum import Enum

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Address, Line, Value


class State(str, Enum):
    """What is known of an address."""

    DELIVERABLE = "deliverable"
    UNDELIVERABLE = "undeliverable"
    # The last probe could not find out.
    UNCERTAIN = "uncertain"
    # A probe is on its way.
    UNKNOWN = "unknown"


class Verified(Value, frozen=True, tag="verified"):
    """``reason`` is what whoever would deliver has said."""

    state: State
    reason: Line


class Verify(Question[Verified], frozen=True, tag="verify"):
    """Say what is known, and find out what is not; whoever wants to know asks again."""

    address: Address


CONTRACT = Contract("verify", Verify)
