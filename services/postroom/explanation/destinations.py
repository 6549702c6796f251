"""Where qmgr would send a message, recipient by recipient, and what would come of it."""

from msgspec import Struct

from postroom.config.configuration import Configuration
from postroom.contracts.rewrite import AddressClass, Route
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.queue.qmgr.resolver import Resolver, Unresolved

# Services of error(8): what their mail comes to (master.cf).
_ENDS = {"error": "returned to the sender", "retry": "deferred"}


class Destination(Struct, frozen=True):
    """Where a message goes for one recipient; ``outcome`` in words."""

    recipient: str
    original: str
    address_class: AddressClass | None
    transport: str
    nexthop: str
    outcome: str


async def destinations(
    configuration: Configuration, resolver: Resolver, envelope: Envelope
) -> list[Destination]:
    """Asks what qmgr asks about each recipient."""
    recipients = envelope.recipients
    try:
        routes = await resolver.resolve(envelope.sender, [one.address for one in recipients])
    except Unresolved as error:
        why = f"deferred: 4.3.0 address resolver failure: {error}"
        return [Destination(one.address, one.original, None, "", "", why) for one in recipients]
    return [
        Destination(
            route.recipient,
            recipient.original,
            route.address_class,
            route.transport,
            route.nexthop,
            _outcome(configuration, route, recipient),
        )
        for route, recipient in zip(routes, recipients, strict=True)
    ]


def _outcome(configuration: Configuration, route: Route, recipient: Recipient) -> str:
    waiting = configuration.typed("defer_transports")
    assert isinstance(waiting, tuple)
    program = _program(configuration, route.transport)
    if not program:
        return f"deferred: master.cf has no service {route.transport}"
    if route.transport in waiting:
        return "deferred: 4.3.2 deferred transport"
    if program == "error":
        return f"{_ENDS.get(route.transport, _ENDS['error'])}: {route.nexthop}"
    if program == "discard":
        return f"discarded: {route.nexthop}"
    told = ", and the sender is told nothing of it" if recipient.notify == (Notify.NEVER,) else ""
    return f"handed to {program}(8), nexthop {route.nexthop}{told}"


def _program(configuration: Configuration, transport: str) -> str:
    lines = (line for line in configuration.services if line.type != "inet")
    return next((line.program for line in lines if line.name == transport), "")
