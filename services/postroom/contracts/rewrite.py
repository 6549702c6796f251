"""Socket ``rewrite``: trivial-rewrite(8) puts addresses in form and finds where they go.

Called by smtpd, cleanup, qmgr and local. Answers are advice for one address at one moment; callers
may keep one for a second.
"""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.address import split_address
from postroom.mail.envelope import Address, Line, Value

# ``user%elsewhere@there``, ``elsewhere!user@there``, ``"user@elsewhere"@there``.
_ROUTING = frozenset("%!@")


class AddressClass(str, Enum):
    """ADDRESS_CLASS_README: who is responsible for a domain."""

    LOCAL = "local"
    VIRTUAL_ALIAS = "virtual-alias"
    VIRTUAL_MAILBOX = "virtual-mailbox"
    RELAY = "relay"
    DEFAULT = "default"


class Context(str, Enum):
    """Whose domain completes an address: ours, or remote_header_rewrite_domain."""

    LOCAL = "local"
    REMOTE = "remote"


class TryAgain(Value, frozen=True, tag="try-again"):
    """A table could not be read; nothing may be concluded about the address."""

    reason: Line


class Rewritten(Value, frozen=True, tag="rewritten"):
    addresses: tuple[Address, ...]


class Route(Value, frozen=True):
    """Where one address goes; ``transport`` is the name of a service."""

    transport: Line
    nexthop: Address
    recipient: Address
    address_class: AddressClass

    @property
    def final(self) -> bool:
        """Whether mail ends here."""
        return self.address_class not in (AddressClass.RELAY, AddressClass.DEFAULT)

    @property
    def leads_on(self) -> bool:
        """Whether whoever has it next may read a further route into the local part."""
        return not _ROUTING.isdisjoint(split_address(self.recipient)[0])


class Resolved(Value, frozen=True, tag="resolved"):
    routes: tuple[Route, ...]


class Rewrite(Question[Rewritten | TryAgain], frozen=True, tag="rewrite"):
    """Bring addresses into the form user@fully.qualified.domain."""

    context: Context
    addresses: Annotated[tuple[Address, ...], Meta(max_length=1000)]


class Resolve(Question[Resolved | TryAgain], frozen=True, tag="resolve"):
    """Find transport and nexthop for recipients of ``sender``'s mail; one route per address.

    ``probe``: the mail is a probe of verify(8), which may go another way.
    """

    sender: Address
    addresses: Annotated[tuple[Address, ...], Meta(max_length=1000)]
    probe: bool = False


CONTRACT = Contract("rewrite", Rewrite, Resolve)
