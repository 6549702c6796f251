"""Start the deliveries the scheduler names, and bring home what became of them."""

import asyncio
import time
from collections.abc import Callable, Iterable

from postroom.contracts.delivery import Report
from postroom.ipc.contract import Unavailable
from postroom.mail.status import Outcome
from postroom.maillog.delivery import Delays
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.agent_report import complete, passed, renumbered, renumbered_parts
from postroom.queue.qmgr.agents import Agents
from postroom.queue.qmgr.clogging import Clogging
from postroom.queue.qmgr.deliveries import Delivery
from postroom.queue.qmgr.message import ActiveMessage, Order
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.transport_queue import Group, Suspended, TransportQueue
from postroom.spool.record import Corrupt
from postroom.systemd.activity import Activity

# The service that logs and reports recipients which are not to be tried now (error(8)).
RETRY = "retry"
_EXPIRED = "message is administratively expired"
_UNAVAILABLE = "mail transport unavailable"


class Dispatcher:
    """``settled`` is called with each message whose last recipient was tried, ``refill`` before
    deliveries are started."""

    def __init__(
        self,
        scheduler: Scheduler,
        agents: Agents,
        log: QueueManagerLog,
        *,
        activity: Activity,
        settled: Callable[[ActiveMessage], None],
        refill: Callable[[], None],
        clogging: Clogging,
    ) -> None:
        self._scheduler = scheduler
        self._agents = agents
        self._log = log
        self._activity = activity
        self._settled = settled
        self._refill = refill
        self._clogging = clogging
        self._under_way: set[asyncio.Task[None]] = set()
        self._missing: set[str] = set()
        self._pumping = False
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether a delivery is under way."""
        return bool(self._under_way)

    def add(self, message: ActiveMessage, transport: str, groups: Iterable[Group]) -> None:
        """Have some recipients of a message served by a transport, in their turn."""
        if message.order is not Order.NONE:
            self._settle_withdrawn(message, [i for group in groups for i in group.recipients])
            return
        queue = self._scheduler.transport(transport)
        if queue is None:
            self._say_missing(transport)
            for group in groups:
                self.suspend(Suspended(message, tuple(group.recipients), "4.3.0", _UNAVAILABLE))
            return
        now = time.monotonic()
        for suspended in queue.add(message, groups, now):
            self._put_off(suspended)
        self._clogging.look(queue, groups, now)

    def pump(self) -> None:
        """Start whatever there is room for, once what happens at this moment has happened."""
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        if self._activity.leaving:
            return
        self._refill()
        now = time.monotonic()
        loop = asyncio.get_running_loop()
        while (turn := self._scheduler.next(now)) is not None:
            task = loop.create_task(self._deliver(*turn))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        self._set_alarm(now)

    def suspend(self, suspended: Suspended) -> None:
        """Settle recipients that are not to be tried now, by way of the service ``retry``."""
        message, recipients, code, text = suspended
        queue = self._scheduler.transport(RETRY)
        if queue is not None:
            nexthop = f"{code} {text}"[:1000]
            groups = [Group(nexthop, nexthop, some) for some in message.apart(recipients)]
            left = queue.add(message, groups, time.monotonic())
            if not left:
                return
        self._settle_unserved(message, recipients, code, text)

    def withdraw(self, message: ActiveMessage) -> None:
        """Settle what of a message has not been started, without a line in the log."""
        entries = self._scheduler.withdraw(message, time.monotonic())
        self._settle_withdrawn(message, [index for entry in entries for index in entry.recipients])

    def give_up(self, message: ActiveMessage) -> None:
        """Settle a message that is to be returned without being tried again (postsuper -e)."""
        outcomes = []
        for index in message.unsettled:
            reason = message.stored.state.reason(index)
            code, text = ("4.3.2", reason) if reason else ("4.7.0", _EXPIRED)
            outcomes.append(Outcome(index, code, text))
        self._settle(message, outcomes)

    def _settle_withdrawn(self, message: ActiveMessage, recipients: list[int]) -> None:
        reasons = [message.stored.state.reason(index) for index in recipients]
        self._settle(
            message,
            [Outcome(i, "4.3.2", text) for i, text in zip(recipients, reasons, strict=True)],
        )

    async def _deliver(self, transport: TransportQueue, delivery: Delivery) -> None:
        requested = time.monotonic()
        with self._activity:
            try:
                report = await self._agents.deliver(
                    transport.name,
                    delivery.destination.nexthop,
                    delivery.message,
                    delivery.recipients,
                )
            except Unavailable as error:
                self._log.transport_failed(transport.name, str(error))
                self._agent_failed(transport, delivery, requested)
            except (Corrupt, OSError) as error:
                self._log.message_trouble(delivery.message.queue_id, f"cannot be read: {error}")
                self._served(transport, delivery, Report(()), "queue file read error")
            else:
                self._served(transport, delivery, report, "no answer from the delivery agent")
            self.pump()

    def _served(
        self, transport: TransportQueue, delivery: Delivery, report: Report, missing: str
    ) -> None:
        """Tell the scheduler first: what it suspends may belong to the same message."""
        now = time.monotonic()
        if report.nexthop_failure:
            code = next((outcome.code for outcome in report.outcomes), "4.4.1")
            reason = report.nexthop_failure
            for suspended in transport.failed(delivery, code, reason, now):
                self._put_off(suspended)
        else:
            transport.succeeded(delivery, now)
        outcomes = renumbered(report.outcomes, delivery.recipients)
        if report.parts:
            delivery.message.parts += tuple(renumbered_parts(report.parts, delivery.recipients))
        handed_on = passed(report, delivery.recipients)
        expected = [index for index in delivery.recipients if index not in handed_on]
        self._settle(delivery.message, complete(expected, outcomes, missing))
        if handed_on:
            self._pass_on(transport, delivery, handed_on)

    def _pass_on(
        self, transport: TransportQueue, delivery: Delivery, recipients: frozenset[int]
    ) -> None:
        """An agent found that we are the best exchanger of a domain: its mail is for another
        transport. One that hands it on again would do so for ever."""
        message, loops = delivery.message, delivery.destination.nexthop
        name, _, nexthop = transport.best_mx_transport.partition(":")
        if not name or message.passed & recipients:
            text = f"mail for {loops} loops back to myself"
            self._settle_unserved(message, recipients, "4.3.5", text)
            return
        message.passed |= recipients
        queue = self._scheduler.transport(name)
        groups: dict[str, list[int]] = {}
        for index in sorted(recipients):
            address = message.recipients[index].address
            where = queue.destination_name(nexthop or loops, address) if queue else ""
            groups.setdefault(where, []).append(index)
        self.add(message, name, [Group(nexthop or loops, *group) for group in groups.items()])

    def _say_missing(self, transport: str) -> None:
        """Once, of a transport that a table names and master.cf does not have."""
        if transport not in self._missing:
            self._missing.add(transport)
            self._log.no_transport(transport)

    def _agent_failed(
        self, transport: TransportQueue, delivery: Delivery, requested: float
    ) -> None:
        now = time.monotonic()
        code = "4.3.0"
        if self._agents.gave_up(transport.name, requested):
            for suspended in transport.stop(code, _UNAVAILABLE, now):
                self._put_off(suspended)
        transport.succeeded(delivery, now)
        text = "unknown mail transport error"
        self._settle_unserved(delivery.message, delivery.recipients, code, text)

    def _put_off(self, suspended: Suspended) -> None:
        text = f"delivery temporarily suspended: {suspended.text}"
        self.suspend(suspended._replace(text=text))

    def _settle_unserved(
        self, message: ActiveMessage, recipients: Iterable[int], code: str, text: str
    ) -> None:
        """Settle recipients that no agent could be asked about, and log them in its stead."""
        now = time.time()
        before, waiting = message.since - message.envelope.arrival, now - message.since
        outcomes = [Outcome(index, code, text) for index in recipients]
        for outcome in outcomes:
            recipient = message.recipients[outcome.recipient]
            delays = Delays(before, waiting, 0.0, 0.0)
            probe = message.envelope.is_probe
            self._log.outcome(message.queue_id, recipient, outcome, delays, probe=probe)
        self._settle(message, outcomes)

    def _settle(self, message: ActiveMessage, outcomes: Iterable[Outcome]) -> None:
        was_settled = message.settled
        message.settle(outcomes)
        if message.settled and not was_settled:
            self._settled(message)

    def _set_alarm(self, now: float) -> None:
        """Some deliveries become possible by waiting alone (rate delays)."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        wake = self._scheduler.wake_time()
        if wake is not None:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(max(wake - now, 0.001), self._pump)
