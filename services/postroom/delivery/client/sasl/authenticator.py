"""Authenticate a connection, where we have an account at its server (RFC 4954)."""

import base64
import binascii
from collections.abc import Collection

from postroom.delivery.client.connection import Connection
from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.sasl.mechanisms import BadChallenge, Login, Mechanism
from postroom.delivery.client.sasl.passwords import Passwords
from postroom.delivery.client.sasl.refusals import Refusals
from postroom.delivery.client.sasl.selection import Selection, best
from postroom.esmtp.client_events import Step
from postroom.esmtp.reply_parser import PeerReply
from postroom.mail.status import StatusCode
from postroom.maillog.smtp import SmtpLog
from postroom.tables.table import TableError

# No mechanism has as many steps; a server must not keep us for ever.
MAX_STEPS = 100
# RFC 4954 section 6: the credentials were not taken.
_INVALID_CREDENTIALS = 535


class AuthenticationFailed(Exception):
    """We have an account and cannot use it: the mail must not go out as a stranger's.

    ``wrong_password``: that is what the server says of it.
    """

    def __init__(self, code: StatusCode, text: str, *, wrong_password: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.wrong_password = wrong_password


class Authenticator:
    """By the rules of one service."""

    def __init__(self, rules: Rules, log: SmtpLog) -> None:
        self._rules = rules
        self._log = log
        self._passwords = Passwords(rules)
        self._selection = Selection(rules.sasl_mechanism_filter)
        self._refusals = Refusals(rules.sasl_auth_cache_time)

    async def login(self, host: Host, sender: str, nexthop: str) -> Login | None:
        """Our account at a server; raises AuthenticationFailed where that cannot be known."""
        if not self._rules.sasl_auth_enable:
            return None
        try:
            return await self._passwords.login(sender, host.name, nexthop)
        except TableError as error:
            raise AuthenticationFailed(
                "4.3.0", f"local data error while talking to {host.shown}: {error}"
            ) from None

    async def authenticate(
        self, connection: Connection, login: Login, options: Collection[str]
    ) -> None:
        """By a mechanism that meets the security ``options``.

        Raises AuthenticationFailed, or ConversationFailed.
        """
        shown = connection.host.shown
        if self._rules.sasl_auth_cache_name:
            known = self._refusals.find(connection.host.name, login)
            if known is not None:
                raise self._refused(known, shown, " [CACHED]")
        reply = await self._dialogue(connection, self._mechanism(connection, options)(login))
        if not reply.positive:
            if reply.code == _INVALID_CREDENTIALS:
                self._refusals.add(connection.host.name, login, reply)
            raise self._refused(reply, shown)

    def _mechanism(self, connection: Connection, options: Collection[str]) -> type[Mechanism]:
        shown = connection.host.shown
        try:
            offered = self._selection.compatible(connection.capabilities.auth)
        except TableError as error:
            raise AuthenticationFailed(
                "4.3.0", f"local data error while talking to {shown}: {error}"
            ) from None
        if not offered:
            self._log.no_mechanism(connection.host.relay, " ".join(connection.capabilities.auth))
            raise AuthenticationFailed(
                "4.7.0",
                f"SASL authentication failed: server {shown} offered no compatible "
                "authentication mechanisms for this type of connection security",
            )
        mechanism = best(offered, options)
        if mechanism is None:
            raise _impossible(shown, "no mechanism available")
        return mechanism

    async def _dialogue(self, connection: Connection, mechanism: Mechanism) -> PeerReply:
        initial = mechanism.initial()
        words = ["AUTH", mechanism.name]
        if initial is not None:
            words.append(_encoded(initial))
        reply = await connection.ask(Step.AUTH, f"{' '.join(words)}\r\n".encode())
        for _ in range(MAX_STEPS):
            if reply.code // 100 != 3:
                return reply
            answer = _answer(mechanism, reply, connection.host.shown)
            reply = await connection.ask(Step.AUTH, f"{answer}\r\n".encode())
        raise AuthenticationFailed(
            "4.3.0",
            "SASL authentication failed; authentication protocol loop with server "
            f"{connection.host.shown}",
        )

    def _refused(self, reply: PeerReply, shown: str, how: str = "") -> AuthenticationFailed:
        code = reply.status
        if self._rules.sasl_auth_soft_bounce or code[0] not in "45":
            code = f"4{code[1:]}"
        return AuthenticationFailed(
            code,
            f"SASL{how} authentication failed; server {shown} said: {reply.text}",
            wrong_password=reply.code == _INVALID_CREDENTIALS,
        )


def _answer(mechanism: Mechanism, reply: PeerReply, shown: str) -> str:
    try:
        challenge = base64.b64decode(reply.lines[-1].strip(), validate=True)
        return _encoded(mechanism.respond(challenge))
    except (binascii.Error, ValueError):
        raise _impossible(shown, "malformed challenge") from None
    except BadChallenge:
        raise _impossible(shown, "authentication protocol error") from None


def _impossible(shown: str, why: str) -> AuthenticationFailed:
    return AuthenticationFailed(
        "4.7.0", f"SASL authentication failed; cannot authenticate to server {shown}: {why}"
    )


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
