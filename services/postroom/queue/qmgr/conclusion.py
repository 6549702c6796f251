"""What is done with a message once every recipient was tried: forget it, return it, let it wait."""

import asyncio
import time
from collections.abc import Callable

from msgspec import structs

from postroom.contracts.bounce import Kind
from postroom.mail.status import Fate, Outcome
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.aside import Aside
from postroom.queue.qmgr.backoff import Backoff
from postroom.queue.qmgr.message import ActiveMessage, Order
from postroom.queue.qmgr.reports import Reporter
from postroom.queue.qmgr.successes import Successes
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.systemd.activity import Activity


class Conclusion:
    """``gone`` is called with each message that is active no more."""

    def __init__(
        self,
        spool: Spool,
        backoff: Backoff,
        reporter: Reporter,
        successes: Successes,
        log: QueueManagerLog,
        *,
        activity: Activity,
        gone: Callable[[ActiveMessage], None],
    ) -> None:
        self._spool = spool
        self._backoff = backoff
        self._reporter = reporter
        self._successes = successes
        self.aside = Aside(log, activity)
        self._log = log
        self._activity = activity
        self._gone = gone
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a message is being concluded."""
        return bool(self._under_way)

    def conclude(self, message: ActiveMessage) -> None:
        """Bring a settled message to its end; the usual case without a task of its own."""
        if self._all_served(message):
            message.stored.forget()
            self._log.removed(message.queue_id)
            self._gone(message)
            return
        task = asyncio.ensure_future(self._conclude(message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _all_served(self, message: ActiveMessage) -> bool:
        if message.envelope.trace:
            return False
        for outcome in message.outcomes.values():
            if outcome.fate is not Fate.SENT:
                return False
        return not self._successes.any(message)

    async def _conclude(self, message: ActiveMessage) -> None:
        with self._activity:
            await self._return_or_keep(message)
            self._gone(message)

    async def _return_or_keep(self, message: ActiveMessage) -> None:
        if message.envelope.is_probe:
            left = await self._conclude_probe(message)
        else:
            left = await self._conclude_mail(message)
        if left and not message.ordered(Order.DELETE):
            known_expired = message.expire
            await self._wait(message, left)
            await self._obey_late_order(message, expire=message.expire and not known_expired)
        else:
            message.stored.forget()
            self._log.removed(message.queue_id)

    async def _conclude_mail(self, message: ActiveMessage) -> list[Outcome]:
        """Tell the sender what there is to tell; who is left is tried again."""
        if message.envelope.trace:
            await self._report_first_attempt(message)
        else:
            await self._report_success(message)
        left = message.with_fate(Fate.DEFERRED)
        if not message.ordered(Order.DELETE):
            left += await self._bounce(message, message.with_fate(Fate.BOUNCED))
            left = await self._expire(message, left)
        return left

    async def _conclude_probe(self, message: ActiveMessage) -> list[Outcome]:
        """Whatever was found is the answer; a probe is made again only to be reported."""
        if message.ordered(Order.NONE) and not await self._trace(message):
            return []
        return list(message.outcomes.values())

    async def _report_first_attempt(self, message: ActiveMessage) -> None:
        """Later attempts are not traced (sendmail -v)."""
        if not await self._trace(message):
            message.envelope = structs.replace(message.envelope, trace="", expanded=())

    async def _trace(self, message: ActiveMessage) -> str:
        kind = Kind.PROBE if message.envelope.trace == "probe" else Kind.TRACE
        trouble = await self._reporter.tell(kind, message, message.trace())
        if trouble:
            self._log.message_trouble(message.queue_id, f"trace not sent: {trouble}")
        return trouble

    async def _report_success(self, message: ActiveMessage) -> None:
        """Who became others is told of but once, with the first attempt."""
        parts = self._successes.parts(message)
        if not parts:
            return
        trouble = await self._reporter.tell(Kind.SUCCESS, message, parts)
        if trouble:
            self._log.message_trouble(message.queue_id, f"success not reported: {trouble}")
        else:
            message.envelope = structs.replace(message.envelope, expanded=())

    async def _bounce(self, message: ActiveMessage, failed: list[Outcome]) -> list[Outcome]:
        """Return mail to its sender; those recipients whose failure could not be told stay."""
        if not failed:
            return []
        trouble = await self._reporter.tell(Kind.FAILURE, message, message.details(failed))
        if not trouble:
            return []
        self._log.message_trouble(message.queue_id, f"bounce not sent: {trouble}")
        return failed

    async def _expire(self, message: ActiveMessage, left: list[Outcome]) -> list[Outcome]:
        envelope = message.envelope
        expired = self._backoff.expired(envelope.sender, envelope.arrival, time.time())
        if not left or not (expired or message.expire):
            return left
        self._log.expired(message.queue_id, envelope.sender, forced=message.expire)
        return await self._bounce(message, left)

    async def _wait(self, message: ActiveMessage, left: list[Outcome]) -> None:
        now = time.time()
        arrival = message.envelope.arrival
        state = message.stored.state
        warned = state.warned
        if not warned and self._warning_due(message, now):
            warned = not await self._reporter.tell(Kind.DELAY, message, message.details(left))
        left.sort(key=lambda outcome: outcome.recipient)
        waiting = State(
            message.envelope.to(tuple(message.recipients[o.recipient] for o in left)),
            tuple(outcome.text for outcome in left),
            warned,
            message.expire,
        )
        due = self._backoff.next_attempt(arrival, now)
        await self.aside.put(message.stored, waiting, due, lambda: self._queue_for(message))

    def _warning_due(self, message: ActiveMessage, now: float) -> bool:
        """The postmaster does not hear of a bounce that waits, as nobody's patience is tried."""
        envelope = message.envelope
        is_awaited = bool(envelope.sender) and not envelope.is_probe
        return is_awaited and self._backoff.warning_due(envelope.arrival, now)

    async def _obey_late_order(self, message: ActiveMessage, *, expire: bool) -> None:
        """One that came while the message was being written."""
        deferred, hold = self._spool.deferred, self._spool.hold
        if expire:
            for queue in (deferred, hold):
                await queue.expire_many([message.queue_id])
        if message.ordered(Order.DELETE):
            deferred.remove(message.queue_id)
            hold.remove(message.queue_id)
            self._log.removed(message.queue_id)
        elif message.ordered(Order.HOLD):
            await deferred.move_many([message.queue_id], hold)

    def _queue_for(self, message: ActiveMessage) -> QueueDirectory:
        return self._spool.hold if message.order is Order.HOLD else self._spool.deferred
