"""The part of a report that machines read: message/delivery-status (RFC 3464)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from postroom.bounce.wording import diagnosis, fold
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.date import format_date
from postroom.mail.dsn import original_recipient, typed
from postroom.mail.envelope import Recipient
from postroom.mail.status import Fate, Outcome, found_by

_FAILURES: Final = {Fate.DEFERRED: "delayed", Fate.BOUNCED: "failed"}


class Reporter(NamedTuple):
    """Who reports: our host and mail domain, the name of our X- fields, and how long mail is
    tried (seconds)."""

    host: str
    origin: str
    product: str
    queue_lifetime: float

    @property
    def token(self) -> str:
        """mail_name as part of a field name (RFC 5322 section 3.6.8)."""
        return "".join(c if c.isascii() and c.isalnum() else "-" for c in self.product)

    def shown_sender(self, question: Tell) -> str:
        """Who sent the message; the null sender by the name that people know it by."""
        return question.envelope.sender or f"MAILER-DAEMON@{self.origin}"


def delivery_status(question: Tell, outcomes: Sequence[Outcome], reporter: Reporter) -> str:
    """Fields about the message, then a group per recipient, with CRLF line ends."""
    groups = [_about_message(question, reporter)]
    for outcome in outcomes:
        recipient = question.envelope.recipients[outcome.recipient]
        groups.append(_about_recipient(question, recipient, outcome, reporter))
    return "\r\n".join("".join(f"{field}\r\n" for field in group) for group in groups)


def _about_message(question: Tell, reporter: Reporter) -> list[str]:
    """RFC 3464 section 2.2."""
    envelope = question.envelope
    fields = [f"Reporting-MTA: dns; {reporter.host}"]
    if envelope.envid:
        fields.append(fold(f"Original-Envelope-Id: {envelope.envid}"))
    fields.append(f"X-{reporter.token}-Queue-ID: {question.queue_id}")
    fields.append(f"X-{reporter.token}-Sender: {typed(reporter.shown_sender(question), ' ')}")
    fields.append(f"Arrival-Date: {format_date(envelope.arrival)}")
    return fields


def _about_recipient(
    question: Tell, recipient: Recipient, outcome: Outcome, reporter: Reporter
) -> list[str]:
    """RFC 3464 section 2.3."""
    fields = [
        f"Final-Recipient: {typed(recipient.address, ' ')}",
        f"Original-Recipient: {original_recipient(recipient)}",
        f"Action: {_action(question, outcome)}",
        f"Status: {outcome.code}",
    ]
    if outcome.remote_mta:
        fields.append(f"Remote-MTA: dns; {outcome.remote_mta}")
    if outcome.remote_reply:
        fields.append(fold(f"Diagnostic-Code: smtp; {outcome.remote_reply}"))
    else:
        fields.append(
            fold(f"Diagnostic-Code: X-{reporter.token}; {diagnosis(question.kind, outcome)}")
        )
    if question.kind is Kind.DELAY:
        until = question.envelope.arrival + reporter.queue_lifetime
        fields.append(f"Will-Retry-Until: {format_date(until)}")
    return fields


def _action(question: Tell, outcome: Outcome) -> str:
    """RFC 3464 section 2.3.3.

    The standard has no word for what a probe found out; Postfix's are used. Mail that has
    waited too long has failed, whatever was the matter last.
    """
    if question.envelope.is_probe:
        return found_by(outcome.code).value
    if question.kind is Kind.FAILURE:
        return _FAILURES[Fate.BOUNCED]
    if outcome.fate is Fate.SENT:
        return outcome.reach.value
    return _FAILURES[outcome.fate]
