"""Socket ``policy-client``: what a policy server says of one command (SMTPD_POLICY_README).

Called by smtpd. policy-client believes the attributes, which decide about nothing here, and asks no
server but those of the configuration.
"""

from typing import Annotated

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Line, Value

# As main.cf has it, options and all.
Server = Annotated[str, Meta(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Attribute = Annotated[str, Meta(max_length=2048, pattern=r"^[a-z_]+=[^\x00-\x1f\x7f]*\Z")]


class Action(Value, frozen=True, tag="action"):
    """What is to be done: the right-hand side of an access(5) table."""

    text: Line


class Ask(Question[Action], frozen=True, tag="ask"):
    """``attributes`` are lines ``name=value``, in the order the server gets them."""

    server: Server
    attributes: tuple[Attribute, ...]


CONTRACT = Contract("policy-client", Ask)
