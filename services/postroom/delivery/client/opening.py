"""A connection ready for messages: greeted, secured as the policy wants it, and authenticated."""

from collections.abc import Callable

from postroom.delivery.attempt import Attempt
from postroom.delivery.client.connection import Connection, ConversationFailed, HostRefused
from postroom.delivery.client.connector import Connector
from postroom.delivery.client.destination import Destination
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
from postroom.esmtp.client import Step
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
    """By the rules of one service.

    ``renew`` is called when a server did not take our password: there may be another one by now.
    """

    def __init__(
        self, rules: Rules, log: SmtpLog, names: NameService, renew: Callable[[], None]
    ) -> None:
        self._renew = renew
        self._rules = rules
        self._log = log
        self._connector = Connector(rules)
        self._policies = Policies(rules, log, Dane(rules, names))
        self._handshakes = Handshakes(rules, log)
        self._authenticator = Authenticator(rules, log)

    async def open(self, host: Host, destination: Destination, attempt: Attempt) -> Connection:
        """Raises BadPolicy, ConnectFailed, HostRefused, ConversationFailed or Unusable."""
        try:
            policy = await self._policies.find(destination.text, host)
            self._handshakes.check(policy)
        except BadPolicy as error:
            self._log.bad_tls_policy(str(error), destination.text, host.name, error.reason)
            raise
        if host.port == _SMTPS_PORT and not self._rules.tls_wrappermode:
            self._log.needs_wrappermode("lmtp" if self._rules.lmtp else "smtp")
        try:
            return await self._ready(host, destination, attempt, policy)
        except ConversationFailed as error:
            # With TLS 1.3 a server can be unhappy with the handshake when we think it over.
            if not (error.in_tls and await self._may_go_plain(host, destination, attempt, policy)):
                raise
        except TlsFailed:
            if not await self._may_go_plain(host, destination, attempt, policy):
                optional = policy.level is Level.MAY
                raise Unusable(
                    "4.7.5", "Cannot start TLS: handshake failure", whole=not optional
                ) from None
        return await self._ready(host, destination, attempt, policy._replace(level=Level.NONE))

    def tell_reuse(self, connection: Connection) -> None:
        """A kept connection serves another message."""
        if connection.channel is not None and self._rules.tls_loglevel > 0:
            summary = str(summary_of(connection.channel.connection))
            self._log.tls_reused(connection.trust, connection.host.relay, summary)

    async def _may_go_plain(
        self, host: Host, destination: Destination, attempt: Attempt, policy: Policy
    ) -> bool:
        """Where TLS is optional, mail that has waited once goes without; a password never does."""
        if policy.level is not Level.MAY:
            return False
        request = attempt.request
        waited = request.active_since - request.envelope.arrival
        if waited < self._rules.minimal_backoff_time and not request.envelope.is_probe:
            return False
        return await self._login(host, destination, attempt) is None

    async def _ready(
        self, host: Host, destination: Destination, attempt: Attempt, policy: Policy
    ) -> Connection:
        connection = await self._connector.connect(host)
        try:
            await self._greet(connection, destination, policy)
            login = await self._login(host, destination, attempt)
            if login is not None and connection.capabilities.auth:
                options = self._security_options(connection, policy)
                await self._authenticator.authenticate(connection, login, options)
        except AuthenticationFailed as error:
            connection.quit(wait=False)
            if error.wrong_password and not self._rules.sasl_auth_cache_name:
                self._renew()
            raise Unusable(error.code, error.text, whole=False) from None
        except NotVerified:
            connection.quit(wait=False)
            raise Unusable("4.7.5", "Server certificate not verified") from None
        except (HostRefused, Unusable):
            connection.quit(wait=False)
            raise
        self._handshakes.remember(connection, policy)
        by_sender = self._rules.sender_dependent_authentication
        secured = connection.channel is not None
        connection.for_one_message = by_sender or (secured and not policy.reuse)
        return connection

    async def _greet(
        self, connection: Connection, destination: Destination, policy: Policy
    ) -> None:
        if self._rules.tls_wrappermode:
            await self._secure(connection, destination, policy)
        self._check_name(await connection.handshake(), connection.host, destination)
        if connection.channel is not None:
            return
        if connection.capabilities.starttls:
            await self._use_offer(connection, destination, policy)
        elif policy.level > Level.MAY:
            shown = connection.host.shown
            raise Unusable("4.7.4", f"TLS is required, but was not offered by host {shown}")

    async def _use_offer(
        self, connection: Connection, destination: Destination, policy: Policy
    ) -> None:
        """STARTTLS (RFC 3207), unless nobody here wants it."""
        host = connection.host
        if policy.level is Level.NONE:
            if self._rules.tls_note_starttls_offer:
                self._log.starttls_offered(host.name)
            return
        reply = await connection.ask(Step.STARTTLS, b"STARTTLS\r\n")
        if reply.positive:
            await self._secure(connection, destination, policy)
            await connection.greet_again()
        elif policy.level > Level.MAY:
            raise Unusable(
                reply.status,
                f"TLS is required, but host {host.shown} refused to start TLS: {reply.text}",
            )

    async def _secure(
        self, connection: Connection, destination: Destination, policy: Policy
    ) -> None:
        nexthop = destination.host or self._rules.myhostname
        await self._handshakes.secure(connection, policy, nexthop)

    def _check_name(self, server: Capabilities, host: Host, destination: Destination) -> None:
        """RFC 5321 section 6.3: a server that has our name would send the message back to us."""
        rules = self._rules
        ours = server.name.lower() == rules.myhostname.lower()
        if rules.lmtp or host.port != SMTP_PORT or not ours:
            return
        self._log.own_name(host.shown, rules.myhostname)
        text = f"mail for {destination.text} loops back to myself"
        raise Unusable("5.4.6" if host.best else "4.4.6", text)

    async def _login(self, host: Host, destination: Destination, attempt: Attempt) -> Login | None:
        sender = attempt.request.envelope.sender
        return await self._authenticator.login(host, sender, destination.text)

    def _security_options(self, connection: Connection, policy: Policy) -> tuple[str, ...]:
        """What a password needs depends on how well the connection is protected."""
        rules = self._rules
        if connection.channel is None:
            return rules.sasl_security_options
        if policy.level.matches:
            return rules.sasl_tls_verified_security_options
        return rules.sasl_tls_security_options
