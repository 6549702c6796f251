"""A connection ready for messages: greeted, secured as the policy wants it, and authenticated."""

from collections.abc import Callable

from postroom.delivery.attempt import Attempt
from postroom.delivery.client.connection import Connection
from postroom.delivery.client.connector import Connector
from postroom.delivery.client.destination import Destination
from postroom.delivery.client.failure import ConversationFailed, HostRefused
from postroom.delivery.client.host import Host
from postroom.delivery.client.name_service import NameService
from postroom.delivery.client.route import SMTP_PORT
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.sasl.authenticator import AuthenticationFailed, Authenticator
from postroom.delivery.client.sasl.mechanisms import Login
from postroom.delivery.client.tls.dane import Dane
from postroom.delivery.client.tls.handshake import Handshakes, NotVerified
from postroom.delivery.client.tls.policies import Policies
from postroom.delivery.client.tls.policy import BadPolicy, Level, Policy
from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client_events import Step
from postroom.mail.status import StatusCode
from postroom.maillog.smtp import SmtpLog
from postroom.tls.client_channel import TlsFailed
from postroom.tls.summary import summary_of

_SMTPS_PORT = 465


class Unusable(Exception):
    """The host talks to us and gets no mail, for TLS or authentication are not as they must be.

    ``whole`` says that this is the destination's fault, which the scheduler should know.
    """

    def __init__(self, code: StatusCode, text: str, *, whole: bool = True) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.whole = whole


class Opener:
    """Opens connections by the rules of one service.

    ``renew`` is called when a server did not take our password: there may be another one by now.
    """

    def __init__(
        self, rules: Rules, log: SmtpLog, names: NameService, renew: Callable[[], None]
    ) -> None:
        self.rules = rules
        self.log = log
        self.renew = renew
        self.connector = Connector(rules, log)
        self.policies = Policies(rules, log, Dane(rules, names))
        self.handshakes = Handshakes(rules, log)
        self.authenticator = Authenticator(rules, log)

    async def open(self, host: Host, destination: Destination, attempt: Attempt) -> Connection:
        """Raises BadPolicy, ConnectFailed, HostRefused, ConversationFailed or Unusable."""
        return await _Opening(self, host, destination, attempt).run()

    def tell_reuse(self, connection: Connection) -> None:
        """A kept connection serves another message."""
        if connection.channel is not None and self.rules.tls_loglevel > 0:
            summary = str(summary_of(connection.channel.connection))
            self.log.tls_reused(connection.trust, connection.host.relay, summary)


class _Opening:
    """One host for one message; twice over if TLS is not essential and does not work."""

    def __init__(
        self, tools: Opener, host: Host, destination: Destination, attempt: Attempt
    ) -> None:
        self._tools = tools
        self._rules = tools.rules
        self._host = host
        self._destination = destination
        self._attempt = attempt

    async def run(self) -> Connection:
        policy = await self._policy()
        if self._host.port == _SMTPS_PORT and not self._rules.tls_wrappermode:
            self._tools.log.needs_wrappermode("lmtp" if self._rules.lmtp else "smtp")
        try:
            return await self._connect(policy)
        except ConversationFailed as error:
            # With TLS 1.3 a server can be unhappy with the handshake when we think it over.
            if not (error.in_tls and await self._may_go_plain(policy)):
                raise
        except TlsFailed:
            if not await self._may_go_plain(policy):
                essential = policy.level is not Level.MAY
                text = "Cannot start TLS: handshake failure"
                raise Unusable("4.7.5", text, whole=essential) from None
        return await self._connect(policy._replace(level=Level.NONE))

    async def _policy(self) -> Policy:
        text, host = self._destination.text, self._host
        try:
            policy = await self._tools.policies.find(text, host)
            self._tools.handshakes.check(policy)
        except BadPolicy as error:
            self._tools.log.bad_tls_policy(str(error), text, host.name, error.reason)
            raise
        return policy

    async def _may_go_plain(self, policy: Policy) -> bool:
        """Where TLS is optional, mail that has waited once goes without; a password never does."""
        request = self._attempt.request
        waited = request.active_since - request.envelope.arrival
        patient = waited < self._rules.minimal_backoff_time and not request.envelope.is_probe
        if policy.level is not Level.MAY or patient:
            return False
        try:
            return await self._login() is None
        except AuthenticationFailed:
            return False  # there may be one

    async def _connect(self, policy: Policy) -> Connection:
        request = self._attempt.request
        waited = request.active_since - request.envelope.arrival
        connection = await self._tools.connector.connect(self._host, waited)
        try:
            await self._greet(connection, policy)
            await self._authenticate(connection, policy)
        except NotVerified:
            connection.quit(wait=False)
            raise Unusable("4.7.5", "Server certificate not verified") from None
        except (HostRefused, Unusable):
            connection.quit(wait=False)
            raise
        self._tools.handshakes.remember(connection, policy)
        by_sender = self._rules.sender_dependent_authentication
        secured = connection.channel is not None
        connection.for_one_message = by_sender or (secured and not policy.reuse)
        return connection

    async def _greet(self, connection: Connection, policy: Policy) -> None:
        if self._rules.tls_wrappermode:
            await self._secure(connection, policy)
        server = await connection.handshake()
        if connection.workarounds.names:
            self._tools.log.works_around(
                self._attempt.request.queue_id, connection.workarounds.names, self._host.relay
            )
        self._check_name(server)
        if connection.channel is not None:
            return
        if connection.capabilities.starttls:
            await self._use_offer(connection, policy)
        elif policy.level > Level.MAY:
            shown = self._host.shown
            raise Unusable("4.7.4", f"TLS is required, but was not offered by host {shown}")

    def _check_name(self, server: Capabilities) -> None:
        """RFC 5321 section 6.3: a server that has our name would send the message back to us."""
        host, ours = self._host, self._rules.myhostname
        if self._rules.lmtp or host.port != SMTP_PORT or server.name.lower() != ours.lower():
            return
        self._tools.log.own_name(host.shown, ours)
        text = f"mail for {self._destination.text} loops back to myself"
        raise Unusable("5.4.6" if host.best else "4.4.6", text)

    async def _use_offer(self, connection: Connection, policy: Policy) -> None:
        """STARTTLS (RFC 3207), unless nobody here wants it."""
        if policy.level is Level.NONE:
            if self._rules.tls_note_starttls_offer:
                self._tools.log.starttls_offered(self._host.name)
            return
        reply = await connection.ask(Step.STARTTLS, b"STARTTLS\r\n")
        if reply.positive:
            await self._secure(connection, policy)
            await connection.greet_again()
        elif policy.level > Level.MAY:
            raise Unusable(
                reply.status,
                f"TLS is required, but host {self._host.shown} refused to start TLS: {reply.text}",
            )

    async def _secure(self, connection: Connection, policy: Policy) -> None:
        nexthop = self._destination.host or self._rules.myhostname
        await self._tools.handshakes.secure(connection, policy, nexthop)

    async def _authenticate(self, connection: Connection, policy: Policy) -> None:
        """Where we have an account and the server has AUTH; others take mail of strangers."""
        try:
            login = await self._login()
            if login is not None and connection.capabilities.auth:
                options = self._security_options(connection, policy)
                await self._tools.authenticator.authenticate(connection, login, options)
                connection.logged_in = True
        except AuthenticationFailed as error:
            if error.wrong_password and not self._rules.sasl_auth_cache_name:
                self._tools.renew()
            raise Unusable(error.code, error.text, whole=False) from None

    async def _login(self) -> Login | None:
        sender = self._attempt.request.envelope.sender
        return await self._tools.authenticator.login(self._host, sender, self._destination.text)

    def _security_options(self, connection: Connection, policy: Policy) -> tuple[str, ...]:
        """What a password needs depends on how well the connection is protected."""
        rules = self._rules
        if connection.channel is None:
            return rules.sasl_security_options
        if policy.level.matches:
            return rules.sasl_tls_verified_security_options
        return rules.sasl_tls_security_options
