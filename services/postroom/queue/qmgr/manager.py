"""The parts of qmgr put together: a message comes in, is delivered, and leaves or waits."""

import time

from postroom.contracts import bounce, probed, rewrite
from postroom.contracts.bounce import Kind
from postroom.ipc.client import Client
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.active import ActiveQueue
from postroom.queue.qmgr.agents import Agents
from postroom.queue.qmgr.backoff import Backoff
from postroom.queue.qmgr.clogging import Clogging
from postroom.queue.qmgr.conclusion import Conclusion
from postroom.queue.qmgr.content_filter import ContentFilter
from postroom.queue.qmgr.dispatcher import Dispatcher
from postroom.queue.qmgr.holding import Holding
from postroom.queue.qmgr.message import ActiveMessage
from postroom.queue.qmgr.reports import Reporter
from postroom.queue.qmgr.resolver import Resolver
from postroom.queue.qmgr.router import Router
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.settings import Settings
from postroom.queue.qmgr.successes import Successes
from postroom.queue.qmgr.supply import Supply
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage
from postroom.systemd.activity import Activity
from postroom.systemd.places import socket_path

_REPORTERS = {
    Kind.FAILURE: ("bounce", bounce.CONTRACT),
    Kind.DELAY: ("defer", bounce.CONTRACT),
    Kind.SUCCESS: ("trace", bounce.CONTRACT),
    Kind.TRACE: ("trace", bounce.CONTRACT),
    Kind.PROBE: ("probed", probed.CONTRACT),
}


class Manager:
    """What the sockets' answerers and the deferred queue's runs work with."""

    def __init__(
        self, settings: Settings, spool: Spool, log: QueueManagerLog, activity: Activity
    ) -> None:
        self.spool = spool
        self.log = log
        self.activity = activity
        self._rewrite = Client(socket_path("rewrite"), rewrite.CONTRACT)
        self._reporter = Reporter(
            {kind: Client(socket_path(name), c) for kind, (name, c) in _REPORTERS.items()}
        )
        self._agents = Agents(transport.name for transport in settings.transports)
        self.scheduler = _scheduler(settings, log)
        self.active = ActiveQueue(
            settings.qmgr_message_active_limit,
            settings.qmgr_message_recipient_limit,
            settings.qmgr_message_recipient_minimum,
            activity,
        )
        self._conclusion = Conclusion(
            spool,
            _backoff(settings),
            self._reporter,
            Successes(settings.confirm_delay_cleared),
            log,
            activity=activity,
            gone=self.active.remove,
        )
        self._holding = Holding(spool, self._conclusion.aside, activity)
        self.dispatcher = Dispatcher(
            self.scheduler,
            self._agents,
            log,
            activity=activity,
            settled=self._conclusion.conclude,
            refill=self._refill,
            clogging=_clogging(settings, self.active, log),
        )
        content_filter = ContentFilter(settings.default_filter_nexthop, settings.myhostname)
        self._router = Router(
            Resolver(self._rewrite, content_filter),
            self.scheduler,
            _supply(settings, self.scheduler),
            self.dispatcher,
            settings.defer_transports,
        )

    def _refill(self) -> None:
        """The router is made after the dispatcher, which it hands mail to."""
        self._router.refill()

    @property
    def busy(self) -> bool:
        """Whether we wait for a delivery agent, for bounce, or for the disk."""
        return self.dispatcher.busy or self._conclusion.busy or self._holding.busy

    def activate(self, stored: StoredMessage, *, waited: bool = False, flush: bool = False) -> None:
        """Deliver a message now, unless it is to be held; while we leave, it stays for the next
        run."""
        if self.activity.leaving:
            return
        if stored.state.envelope.hold:
            self._holding.hold(stored)
            return
        message = ActiveMessage(stored, time.time(), waited=waited, flush=flush)
        self.active.add(message)
        sender, count = message.envelope.sender, len(message.recipients)
        self.log.active(message.queue_id, sender, stored.size, count)
        if message.settled:
            self._conclusion.conclude(message)
        elif message.expire:
            self.dispatcher.give_up(message)
        else:
            self._router.route(message)

    def close(self) -> None:
        """Ask nobody anything more."""
        self._agents.close()
        self._rewrite.close()
        self._reporter.close()


def _scheduler(settings: Settings, log: QueueManagerLog) -> Scheduler:
    return Scheduler(
        settings.transports,
        # minimal_backoff_time bounds it, too (postconf(5)).
        min(settings.transport_retry_time, settings.minimal_backoff_time),
        settings.qmgr_message_recipient_limit,
        log.warning,
        log.info if settings.destination_concurrency_feedback_debug else None,
    )


def _supply(settings: Settings, scheduler: Scheduler) -> Supply:
    return Supply(
        scheduler,
        settings.transports,
        settings.qmgr_message_recipient_limit,
        settings.qmgr_message_recipient_minimum,
    )


def _clogging(settings: Settings, active: ActiveQueue, log: QueueManagerLog) -> Clogging:
    return Clogging(
        settings.qmgr_message_active_limit,
        settings.qmgr_clog_warn_time if settings.helpful_warnings else 0.0,
        active.__len__,
        log.warning,
    )


def _backoff(settings: Settings) -> Backoff:
    return Backoff(
        settings.minimal_backoff_time,
        settings.maximal_backoff_time,
        settings.maximal_queue_lifetime,
        # Bounces are not tried for longer than other mail (qmgr(8)).
        min(settings.bounce_queue_lifetime, settings.maximal_queue_lifetime),
        settings.delay_warning_time,
    )
