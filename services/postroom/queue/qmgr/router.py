"""Send each recipient of a message to the transport and destination it belongs to."""

import asyncio
import time
from collections.abc import Sequence

from postroom.contracts.rewrite import Route
from postroom.queue.qmgr.dispatcher import Dispatcher
from postroom.queue.qmgr.message import ActiveMessage
from postroom.queue.qmgr.resolver import Resolver, Unresolved
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.supply import Supply
from postroom.queue.qmgr.transport_queue import Group, Suspended


class Router:
    """``deferred_transports``: their mail waits for a flush (main.cf: defer_transports).
    ``supply`` decides how much of a message is routed at a time."""

    def __init__(
        self,
        resolver: Resolver,
        scheduler: Scheduler,
        supply: Supply,
        dispatcher: Dispatcher,
        deferred_transports: Sequence[str],
    ) -> None:
        self._resolver = resolver
        self._scheduler = scheduler
        self._supply = supply
        self._dispatcher = dispatcher
        self._deferred = frozenset(deferred_transports)
        self._under_way: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    def route(self, message: ActiveMessage) -> None:
        """Put the recipients that are left into the scheduler's queues, now or soon; of very
        many only some, and the others when ``refill`` is called."""
        self._read(message, self._supply.first(message, message.unsettled, time.monotonic()))

    def refill(self) -> None:
        """Read on in messages of which not all was read, if there is room by now."""
        if not self._supply:
            return
        for message, indexes in self._supply.more(time.monotonic()):
            self._read(message, indexes)
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Look again after a while, though nothing may happen until then."""
        if self._alarm is not None:
            self._alarm.cancel()
        delay = self._supply.delay
        if self._supply and delay:
            self._alarm = asyncio.get_running_loop().call_later(delay, self.refill)

    def _read(self, message: ActiveMessage, indexes: list[int]) -> None:
        addresses = [message.recipients[index].address for index in indexes]
        routes = self._resolver.known(message.envelope, addresses)
        if routes is not None:
            self._distribute(message, indexes, routes)
            return
        task = asyncio.ensure_future(self._route_later(message, indexes, addresses))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _route_later(
        self, message: ActiveMessage, indexes: list[int], addresses: list[str]
    ) -> None:
        try:
            routes = await self._resolver.resolve(message.envelope, addresses)
        except Unresolved:
            text = "address resolver failure"
            self._supply.assigned(message, set())
            self._dispatcher.suspend(Suspended(message, tuple(indexes), "4.3.0", text))
            self._dispatcher.pump()
        else:
            self._distribute(message, indexes, routes)

    def _distribute(self, message: ActiveMessage, indexes: list[int], routes: list[Route]) -> None:
        message.resolve(indexes, (route.recipient for route in routes))
        grouped = self._grouped(message, indexes, routes)
        self._supply.assigned(message, grouped.keys())
        for transport, groups in grouped.items():
            if transport in self._deferred and not message.flush:
                for group in groups:
                    recipients = tuple(group.recipients)
                    why = Suspended(message, recipients, "4.3.2", "deferred transport")
                    self._dispatcher.suspend(why)
            else:
                self._dispatcher.add(message, transport, groups)
        if len(indexes) < len(message.recipients):
            self._scheduler.expect(message, self._supply.unread(message))
        self._dispatcher.pump()

    def _grouped(
        self, message: ActiveMessage, indexes: list[int], routes: list[Route]
    ) -> dict[str, list[Group]]:
        """Recipients by transport and destination, in their order; a destination is written as
        for the first of them."""
        found: dict[tuple[str, str], list[int]] = {}
        written: dict[tuple[str, str], str] = {}
        for index, route in zip(indexes, routes, strict=True):
            queue = self._scheduler.transport(route.transport)
            nexthop = route.nexthop.lower()
            name = queue.destination_name(nexthop, route.recipient) if queue else nexthop
            found.setdefault((route.transport, name), []).append(index)
            written.setdefault((route.transport, name), route.nexthop)
        groups: dict[str, list[Group]] = {}
        for (transport, name), recipients in found.items():
            groups.setdefault(transport, []).extend(
                Group(written[transport, name], name, some) for some in message.apart(recipients)
            )
        return groups
