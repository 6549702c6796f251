"""Transport and nexthop, as main.cf and transport(5) write them: ``transport:nexthop``."""

from typing import NamedTuple

# These transports deliver nothing; their nexthop is the reason they give.
REASON_TRANSPORTS = ("error", "retry")
_NO_REASON = "Address is undeliverable"


class Hop(NamedTuple):
    """The name of a delivery service, and where or why."""

    transport: str
    nexthop: str


def configured(value: str, nexthop: str) -> Hop:
    """A ``…_transport`` parameter; what stands behind its colon overrides ``nexthop``."""
    transport, own = _parted(value)
    return Hop(transport, own or nexthop)


def overridden(hop: Hop, value: str, domain: str) -> Hop:
    """What an entry of transport_maps makes of ``hop`` (transport(5), RESULT FORMAT).

    ``:`` changes nothing, ``:nexthop`` the nexthop alone; a transport without nexthop goes to
    the recipient's domain.
    """
    transport, nexthop = _parted(value)
    if not transport:
        return Hop(hop.transport, nexthop or hop.nexthop)
    if nexthop:
        return Hop(transport, nexthop)
    return Hop(transport, _NO_REASON if transport in REASON_TRANSPORTS else domain)


def _parted(value: str) -> tuple[str, str]:
    """Transport and nexthop; a tab is a blank, as nothing that is sent to a service has one."""
    transport, _, nexthop = value.replace("\t", " ").partition(":")
    return transport, nexthop
