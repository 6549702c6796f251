"""TLS on a new connection: whether its server is the one that is meant, and what the log says."""

import hashlib

from postroom.delivery.client.connection import Connection
from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.contexts import Contexts
from postroom.delivery.client.tls.judgement import Judge
from postroom.delivery.client.tls.policy import BadPolicy, Level, Policy
from postroom.delivery.client.tls.sessions import Sessions
from postroom.maillog.smtp import SmtpLog
from postroom.tls.client_channel import ClientChannel, TlsFailed
from postroom.tls.summary import summary_of


class NotVerified(Exception):
    """There is TLS, and nobody knows with whom."""


class Handshakes:
    """By the rules of one service."""

    def __init__(self, rules: Rules, log: SmtpLog) -> None:
        self._rules = rules
        self._log = log
        self._contexts = Contexts(rules, log)
        self._judge = Judge(rules, log)
        cached = rules.tls_session_cache_database
        self._sessions = Sessions(rules.tls_session_cache_timeout if cached else 0)

    def check(self, policy: Policy) -> None:
        """Raises BadPolicy where no connection could be secured by it."""
        if policy.level is Level.NONE:
            return
        digest = self._rules.tls_fingerprint_digest
        if policy.level is Level.FINGERPRINT and digest not in hashlib.algorithms_available:
            raise BadPolicy(f"there is no digest {digest}")
        self._contexts.context(policy)

    async def secure(self, connection: Connection, policy: Policy, nexthop: str) -> None:
        """``nexthop`` is the domain that the policy is for; raises TlsFailed or NotVerified."""
        host, context = connection.host, self._contexts.context(policy)
        server_name = _server_name(policy, nexthop, host)
        session = self._sessions.take(context, host.relay)
        try:
            channel = ClientChannel(context, server_name, session)
            await connection.secure(channel, self._rules.starttls_timeout)
        except TlsFailed as error:
            if error.verify_code:
                self._log.not_verified(host.relay, error.verify_code, str(error))
                raise NotVerified from None
            self._log.tls_failed(host.relay, str(error))
            raise
        verified = policy.level.matches and self._judge.is_meant(
            channel.connection, policy, nexthop, host
        )
        self._describe(connection, channel, policy, verified=verified)
        if policy.level.matches and not verified:
            raise NotVerified

    def remember(self, connection: Connection, policy: Policy) -> None:
        """Once the server has said something inside of TLS its session can be resumed."""
        if connection.channel is not None:
            session = connection.channel.connection.session
            self._sessions.keep(self._contexts.context(policy), connection.host.relay, session)

    def _describe(
        self, connection: Connection, channel: ClientChannel, policy: Policy, *, verified: bool
    ) -> None:
        if self._rules.tls_loglevel < 1:
            return
        trust = self._judge.trust(channel.connection, policy.level, verified=verified)
        summary = str(summary_of(channel.connection))
        connection.trust = trust
        self._log.tls_established(trust, connection.host.relay, summary)


def _server_name(policy: Policy, nexthop: str, host: Host) -> str:
    """For SNI; with DANE the server must know whose records are meant (RFC 7672 section 8.1)."""
    wanted = "hostname" if policy.level is Level.DANE else policy.servername
    return {"hostname": host.name, "nexthop": nexthop}.get(wanted.lower(), wanted)
