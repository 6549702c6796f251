"""The exchange by which one client logs in (RFC 4954)."""

from msgspec import structs

from postroom.esmtp.command import Auth
from postroom.esmtp.command_parser import NO_AUTH
from postroom.esmtp.reply import Reply
from postroom.mail.envelope import check_line
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.sasl.auth_server import Connection, Unreachable
from postroom.reception.smtpd.sasl.authentication import Authentication
from postroom.reception.smtpd.sasl.dovecot_lines import (
    Answer,
    Challenge,
    Circumstances,
    Success,
    is_base64,
)
from postroom.reception.smtpd.session import ClientSession

CHALLENGE = 334
# RFC 4422 section 3.1 asks for 20; this much of what is no mechanism is shown.
MAX_MECHANISM = 40
_IN_TRANSACTION = Reply(503, "5.5.1", "Error: MAIL transaction in progress")
_LOGGED_IN = Reply(503, "5.5.1", "Error: already authenticated")
_SUCCESSFUL = Reply(235, "2.7.0", "Authentication successful")
_ABORTED = Reply(501, "5.7.0", "Authentication aborted")
_TOO_LONG = Reply(500, "5.5.6", "SASL response limit exceeded")
_UNKNOWN = "(unavailable)"


class Login:
    """Of one session; ``mechanism`` is the one under way."""

    def __init__(
        self, authentication: Authentication, session: ClientSession, log: SmtpdLog, service: str
    ) -> None:
        self._authentication = authentication
        self._session = session
        self._log = log
        self._service = service
        self._mechanism = ""
        self._connection: Connection | None = None
        self._request = 0

    async def begin(self, command: Auth, *, in_transaction: bool) -> Reply:
        """The answer to AUTH: a challenge, or the end of it."""
        server = self._authentication.server
        mechanisms = await self._authentication.mechanisms(self._session)
        if server is None or not mechanisms:
            return NO_AUTH
        if in_transaction:
            return _IN_TRANSACTION
        if self._session.client.sasl_username:
            return _LOGGED_IN
        self._mechanism = command.mechanism[:MAX_MECHANISM]
        if command.mechanism not in mechanisms:
            return self._failed(f"Invalid authentication mechanism: '{self._mechanism}'")
        if command.initial is not None and not is_base64(command.initial):
            return self._failed("Invalid base64 data in initial response")
        try:
            connection = await server.connection()
            answer = await connection.begin(command.mechanism, self._about(), command.initial)
        except Unreachable as reason:
            return self._put_off(str(reason))
        self._connection = connection
        return self._outcome(answer)

    async def go_on(self, line: bytes | None) -> Reply:
        """The answer to what the client said to a challenge; None was too long."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("no authentication is under way")
        response = None if line is None else line.decode("ascii", "replace")
        if response is None or response == "*" or not is_base64(response):
            self.give_up()
            if response is None:
                return _TOO_LONG
            if response != "*":
                return self._failed("Invalid base64 data in continued response")
            self._log.sasl_aborted(self._session.client, self._mechanism)
            return _ABORTED
        try:
            return self._outcome(await connection.go_on(self._request, response))
        except Unreachable as reason:
            return self._put_off(str(reason))

    def give_up(self) -> None:
        """What is under way comes to no end."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.give_up(self._request)

    def _about(self) -> Circumstances:
        session = self._session
        address, secured = session.client.address, session.secured is not None
        return Circumstances(self._service, session.local_address, address, secured=secured)

    def _outcome(self, answer: Answer) -> Reply:
        if isinstance(answer, Challenge):
            self._request = answer.request
            return Reply(CHALLENGE, "", answer.data)
        self._connection = None
        if isinstance(answer, Success):
            return self._logged_in(answer.user)
        if answer.temporary:
            return self._put_off(answer.reason, answer.user)
        return self._failed(answer.reason, answer.user)

    def _logged_in(self, user: str) -> Reply:
        try:
            check_line(user)
        except ValueError:
            return self._failed("a user name that cannot be shown")
        if not user:
            return self._put_off("the authentication server names no user")
        self._session.client = structs.replace(
            self._session.client, sasl_method=self._mechanism, sasl_username=user
        )
        return _SUCCESSFUL

    def _failed(self, reason: str, user: str | None = None) -> Reply:
        reason = reason or "(reason unavailable)"
        self._log.sasl_failed(self._session.client, self._mechanism, reason, _shown(user))
        return Reply(535, "5.7.8", f"Error: authentication failed: {reason}")

    def _put_off(self, reason: str, user: str | None = None) -> Reply:
        """RFC 4954 section 6: the same may succeed later."""
        reason = reason or "(reason unavailable)"
        self._log.sasl_failed(self._session.client, self._mechanism, reason, _shown(user))
        return Reply(454, "4.7.0", f"Temporary authentication failure: {reason}")


def _shown(user: str | None) -> str:
    return _UNKNOWN if user is None else user
