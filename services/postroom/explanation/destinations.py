"""Where qmgr would send a message, recipient by recipient, and what would come of it."""

from collections.abc import Collection

from msgspec import Struct

from postroom.contracts.rewrite import AddressClass, Route
from postroom.explanation.configured import Services
from postroom.explanation.generic_addresses import Seen, seen_by_the_next_host
from postroom.explanation.local_delivery import Place, probe
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.queue.qmgr.resolver import Resolver, Unresolved

_HELD = "on hold until postsuper(1) -H releases it"
# Services of error(8): what their mail comes to (master.cf).
_ENDS = {"error": "returned to the sender", "retry": "deferred"}


class Carried(Struct, frozen=True):
    """What local(8) would do for one of those whom a recipient stands for."""

    recipient: str
    original: str
    code: str
    text: str


class Destination(Struct, frozen=True):
    """Where a message goes for one recipient; ``outcome`` in words."""

    recipient: str
    original: str
    address_class: AddressClass | None
    transport: str
    nexthop: str
    outcome: str
    carried: tuple[Carried, ...] = ()
    generic: Seen | None = None


class Destinations:
    """``waiting`` are transports whose mail waits for a flush (main.cf: defer_transports);
    ``place`` is where local(8) can be asked, None for a caller who may not."""

    def __init__(
        self, services: Services, waiting: Collection[str], resolver: Resolver, place: Place | None
    ) -> None:
        self._services = services
        self._waiting = waiting
        self._resolver = resolver
        self._place = place

    async def of(self, envelope: Envelope) -> list[Destination]:
        """Asks what qmgr asks about each recipient."""
        recipients = envelope.recipients
        addresses = [recipient.address for recipient in recipients]
        try:
            routes = await self._resolver.resolve(envelope, addresses)
        except Unresolved as error:
            why = f"deferred: 4.3.0 address resolver failure: {error}"
            return [Destination(one.address, one.original, None, "", "", why) for one in recipients]
        return [
            await self._destination(envelope, recipient, route)
            for recipient, route in zip(recipients, routes, strict=True)
        ]

    async def _destination(
        self, envelope: Envelope, recipient: Recipient, route: Route
    ) -> Destination:
        program = self._services.program(route.transport)
        recipient = recipient.resolved(route.recipient)
        there = envelope.to((recipient,))
        carried: tuple[Carried, ...] = ()
        if program == "local" and self._place is not None and not envelope.hold:
            parts = await probe(self._place, route.transport, there)
            carried = tuple(
                Carried(
                    part.recipient.address,
                    part.recipient.original,
                    part.outcome.code,
                    part.outcome.text,
                )
                for part in parts
            )
        return Destination(
            recipient.address,
            recipient.original,
            route.address_class,
            route.transport,
            route.nexthop,
            _HELD if envelope.hold else self._outcome(route, program, recipient),
            carried,
            await seen_by_the_next_host(self._services, program, route.transport, there),
        )

    def _outcome(self, route: Route, program: str, recipient: Recipient) -> str:
        if not program:
            return f"deferred: master.cf has no service {route.transport}"
        if route.transport in self._waiting:
            return "deferred: 4.3.2 deferred transport"
        if program == "error":
            return f"{_ENDS.get(route.transport, _ENDS['error'])}: {route.nexthop}"
        if program == "discard":
            return f"discarded: {route.nexthop}"
        untold = recipient.notify == (Notify.NEVER,)
        told = ", and the sender is told nothing of it" if untold else ""
        return f"handed to {program}(8){told}"
