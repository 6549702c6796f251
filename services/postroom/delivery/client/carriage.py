"""One message on one connection after the other, and what the servers decide of its recipients."""

from functools import partial

from postroom.delivery.attempt import Attempt
from postroom.delivery.client import result
from postroom.delivery.client.connection import Connection
from postroom.delivery.client.failure import ConversationFailed
from postroom.delivery.client.generic import Posted
from postroom.delivery.client.outgoing import Outgoing
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.transaction import Impossible, compose
from postroom.delivery.client.undelivered import Undelivered
from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client_events import Message, Step, Verdict
from postroom.mail.status import Fate, Reach
from postroom.maillog.smtp import SmtpLog

# Where a kept connection that died unnoticed is found out; the message itself is untouched.
_BEFORE_ANYTHING = (None, Step.RSET, Step.XFORWARD_CLIENT, Step.XFORWARD_MESSAGE, Step.MAIL)


class Carriage:
    """Settles whom a server took or refused for good, and leaves the others to ``undelivered``."""

    def __init__(
        self, rules: Rules, log: SmtpLog, attempt: Attempt, posted: Posted, undelivered: Undelivered
    ) -> None:
        self._rules = rules
        self._log = log
        self._attempt = attempt
        self._posted = posted
        self._undelivered = undelivered
        self._outgoing = Outgoing(posted.content, rules.line_length_limit)
        self._reach = Reach.DELIVERED if rules.assume_final else Reach.RELAYED

    async def over(self, connection: Connection) -> bool:
        """Offer the message; false if that connection was dead already."""
        self._undelivered.failure = ""
        host = connection.host
        recipients = self._attempt.unsettled
        undecided = set(recipients)
        try:
            message = self._composed(connection, recipients)
            outgoing = self._outgoing_to(connection.capabilities)
            decided = partial(self._decided, connection, recipients, undecided)
            await connection.transact(message, outgoing, decided)
        except Impossible as error:
            self._attempt.settle_rest(error.code, error.text, host.relay)
        except ConversationFailed as error:
            if connection.uses > 1 and error.step in _BEFORE_ANYTHING:
                return False
            self._undelivered.host_failed(error.code, str(error), host, undecided)
        else:
            # A server may say 421 in the midst of it and leave the rest without an answer.
            if undecided:
                text = f"lost connection with {host.shown} while sending RCPT TO"
                self._undelivered.host_failed("4.4.2", text, host, undecided)
        return True

    def _composed(self, connection: Connection, recipients: list[int]) -> Message:
        request = self._attempt.request
        return compose(
            self._posted,
            request.size,
            recipients,
            connection.capabilities,
            connection.host,
            rules=self._rules,
            logged_in=connection.logged_in,
            queue_id=request.queue_id,
        )

    def _outgoing_to(self, server: Capabilities) -> Outgoing:
        """RFC 6152 section 3: 8bit content is converted for a server that cannot take it."""
        as_it_is = (
            server.eight_bit_mime
            or self._attempt.request.envelope.body != "8BITMIME"
            or self._rules.disable_mime_output_conversion
        )
        if as_it_is:
            return self._outgoing
        return Outgoing(self._posted.content, self._rules.line_length_limit, convert=True)

    def _decided(
        self, connection: Connection, recipients: list[int], undecided: set[int], verdict: Verdict
    ) -> None:
        host = connection.host
        if not verdict.recipients:
            self._log.objected(host.shown, verdict.reply.text, verdict.step.command)
        for number in verdict.recipients:
            recipient = recipients[number]
            undecided.discard(recipient)
            dsn = connection.capabilities.dsn
            outcome = result.outcome(verdict, recipient, host, dsn=dsn, reach=self._reach)
            if outcome.fate is Fate.DEFERRED:
                self._undelivered.keep(outcome, connection.uses)
            else:
                self._attempt.settle(outcome, connection.uses)
