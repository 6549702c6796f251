"""The part of a report that machines read: message/delivery-status (RFC 3464)."""

from typing import NamedTuple

from postroom.bounce.wording import WORDINGS, diagnosis, fold
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.address import quote_address
from postroom.mail.date import format_date
from postroom.mail.envelope import Recipient
from postroom.mail.status import Fate, Outcome, found_by

_KINDS = {Fate.SENT: Kind.SUCCESS, Fate.DEFERRED: Kind.DELAY, Fate.BOUNCED: Kind.FAILURE}


class Reporter(NamedTuple):
    """Who reports: our host, the name of our X- fields, and how long mail is tried (seconds)."""

    host: str
    product: str
    queue_lifetime: float

    @property
    def token(self) -> str:
        """mail_name as part of a field name (RFC 5322 section 3.6.8)."""
        return "".join(c if c.isascii() and c.isalnum() else "-" for c in self.product)


def delivery_status(question: Tell, reporter: Reporter) -> str:
    """Fields about the message, then a group per recipient, with CRLF line ends."""
    groups = [_about_message(question, reporter)]
    for outcome in question.outcomes:
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
    if envelope.sender:
        fields.append(f"X-{reporter.token}-Sender: {_typed(envelope.sender)}")
    fields.append(f"Arrival-Date: {format_date(envelope.arrival)}")
    return fields


def _about_recipient(
    question: Tell, recipient: Recipient, outcome: Outcome, reporter: Reporter
) -> list[str]:
    """RFC 3464 section 2.3."""
    fields = [f"Final-Recipient: {_typed(recipient.address)}"]
    original = recipient.orcpt or (_typed(recipient.original, "") if recipient.original else "")
    if original:
        fields.append(f"Original-Recipient: {original}")
    fields.append(f"Action: {_action(question, outcome)}")
    fields.append(f"Status: {outcome.code}")
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
    """RFC 3464 section 2.3.3: what another host took is relayed, not delivered.

    The standard has no word for what a probe found out; Postfix's are used.
    """
    if question.envelope.is_probe:
        return found_by(outcome.code).value
    kind = _KINDS[outcome.fate] if question.kind is Kind.TRACE else question.kind
    if kind is Kind.SUCCESS and outcome.remote_mta:
        return "relayed"
    return WORDINGS[kind].action


def _typed(address: str, blank: str = " ") -> str:
    """An address with its type: RFC 3464 section 2.1.2, RFC 6533 section 3."""
    return f"{'rfc822' if address.isascii() else 'utf-8'};{blank}{quote_address(address)}"
