"""Carry one message: over a kept connection first, then host after host until all is settled."""

from typing import NamedTuple

from postroom.delivery.attempt import Attempt
from postroom.delivery.client import result
from postroom.delivery.client.carriage import Carriage
from postroom.delivery.client.connection import Connection
from postroom.delivery.client.connector import ConnectFailed
from postroom.delivery.client.content_checks import ContentChecks
from postroom.delivery.client.destination import Destination, parse_destinations
from postroom.delivery.client.failure import ConversationFailed, HostRefused
from postroom.delivery.client.generic import Generic, Posted
from postroom.delivery.client.host import Host
from postroom.delivery.client.name_service import NoRoute
from postroom.delivery.client.opening import Opener, Unusable
from postroom.delivery.client.pool import Pool
from postroom.delivery.client.route import Route, Router
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.policy import BadPolicy
from postroom.delivery.client.undelivered import Undelivered
from postroom.maillog.smtp import SmtpLog

# We are an exchanger of the domain, or it takes no mail: no relay would change that.
_LOOP = "5.4.6"
_FINAL_FAILURES = (_LOOP, "5.1.0")


class Ways(NamedTuple):
    """What all messages of one service share."""

    rules: Rules
    router: Router
    opener: Opener
    checks: ContentChecks
    generic: Generic
    pool: Pool
    log: SmtpLog


class Journey:
    """One request on its way.

    A recipient that one host refuses for now is kept for the next one; what remains when there
    is no next one is deferred (or bounced) with the reason met last.
    """

    def __init__(self, ways: Ways, attempt: Attempt, posted: Posted) -> None:
        self._ways = ways
        self._attempt = attempt
        self._nexthop = attempt.request.nexthop
        self._undelivered = Undelivered(attempt, ways.log)
        self._carriage = Carriage(ways.rules, ways.log, attempt, posted, self._undelivered)
        self._tried: set[str] = set()
        # Where the last way ended for good before any host was tried.
        self._dead_end: tuple[NoRoute, bool] | None = None

    async def run(self) -> None:
        """Settle every recipient; raises BadDestination."""
        await self._over_kept_connections()
        if self._attempt.unsettled:
            await self._over_destinations()
            if self._dead_end is not None:
                self._at_dead_end(*self._dead_end)
            self._undelivered.settle()

    async def _over_kept_connections(self) -> None:
        while (connection := self._ways.pool.take(self._nexthop)) is not None:
            self._attempt.set_up()
            self._ways.opener.tell_reuse(connection)
            if await self._carry(connection):
                self._tried.add(connection.host.relay)
                return

    async def _over_destinations(self) -> None:
        """Fallback relays only where the domain is neither ours nor without mail (RFC 7505)."""
        for destination, is_fallback in self._destinations():
            self._dead_end = None
            try:
                route = await self._ways.router.find(destination)
            except NoRoute as error:
                self._no_route(error)
                self._dead_end = None if error.temporary else (error, is_fallback)
                if error.code in _FINAL_FAILURES:
                    return
                continue
            await self._over_hosts(route, destination)
            if route.ours or not self._attempt.unsettled:
                return

    def _destinations(self) -> list[tuple[Destination, bool]]:
        """Each with whether it is a fallback relay."""
        rules = self._ways.rules
        texts = [(self._nexthop, False), *((text, True) for text in rules.fallback_relay)]
        return [
            (destination, is_fallback)
            for text, is_fallback in texts
            for destination in parse_destinations(
                text,
                lmtp=rules.lmtp,
                port=rules.tcp_port,
                known_ports=rules.known_tcp_ports,
                services=rules.use_srv_lookup,
            )
        ]

    async def _over_hosts(self, route: Route, destination: Destination) -> None:
        sessions = 0
        for host in route.hosts:
            if host.relay in self._tried:
                continue
            self._undelivered.tell()
            sessions += await self._visit(host, destination)
            if not self._attempt.unsettled or sessions == self._ways.rules.mx_session_limit:
                return

    async def _visit(self, host: Host, destination: Destination) -> bool:
        """Try one host; whether it came to a transaction."""
        connection = await self._opened(host, destination)
        # Time spent in vain counts as setting up, too.
        self._attempt.set_up()
        if connection is None:
            return False
        await self._carry(connection)
        return True

    async def _opened(self, host: Host, destination: Destination) -> Connection | None:
        try:
            return await self._ways.opener.open(host, destination, self._attempt)
        except BadPolicy as error:
            self._undelivered.host_failed("4.7.5", error.reason)
        except ConnectFailed as error:
            self._undelivered.connect_failed(str(error), host)
        except HostRefused as error:
            self._refused(error, host)
        except ConversationFailed as error:
            self._undelivered.host_failed(error.code, str(error), host)
        except Unusable as error:
            self._undelivered.host_failed(error.code, error.text, host, whole=error.whole)
        return None

    def _refused(self, error: HostRefused, host: Host) -> None:
        skip = self._ways.rules.skip_5xx_greeting
        code, text = result.refusal(error, host, try_next=skip)
        self._undelivered.host_failed(code, text, host)

    async def _carry(self, connection: Connection) -> bool:
        """Offer the message; false if that connection was dead already."""
        alive = await self._carriage.over(connection)
        if alive:
            self._ways.pool.give_back(self._nexthop, connection)
        return alive

    def _no_route(self, error: NoRoute) -> None:
        self._attempt.set_up()
        self._undelivered.host_failed(error.code, error.text)

    def _at_dead_end(self, error: NoRoute, is_fallback: bool) -> None:
        """What the admin named himself is his mistake, which costs nobody mail; where we are the
        best exchanger of a domain, another transport may know its users (best_mx_transport)."""
        rules = self._ways.rules
        if is_fallback:
            prefix = "lmtp_" if rules.lmtp else "smtp_"
            self._misconfigured(f"{prefix}fallback_relay", error)
        elif self._nexthop.lower() == rules.relayhost.lower():
            self._misconfigured("relayhost", error)
        elif error.code == _LOOP and rules.best_mx_transport:
            transport = rules.best_mx_transport.partition(":")[0]
            if transport:
                self._attempt.pass_rest(transport)
            else:
                self._misconfigured("best_mx_transport", error)

    def _misconfigured(self, parameter: str, error: NoRoute) -> None:
        self._ways.log.misconfigured(parameter)
        self._undelivered.host_failed("4.3.5", error.text)
