"""A whole report: multipart/report with human text, delivery status and the original (RFC 6522)."""

import secrets
from typing import NamedTuple

from postroom.bounce.delivery_status import Reporter, delivery_status
from postroom.bounce.original import Original
from postroom.bounce.wording import WORDINGS, diagnosis, fold
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.address import quote_address
from postroom.mail.date import format_date
from postroom.mail.envelope import Recipient


class Addressee(NamedTuple):
    """Whom a report goes to; the postmaster sees another subject, and no excuses."""

    address: str
    is_postmaster: bool = False


def compose(
    question: Tell,
    original: Original,
    addressee: Addressee,
    reporter: Reporter,
    now: float,
) -> bytes:
    """The report in wire form; ``original`` already is."""
    # Unguessable, so that nobody can write a message that ends its own part.
    boundary = f"{question.queue_id}.{secrets.token_hex(12)}"
    notice = _notice(question, addressee, reporter)
    status = delivery_status(question, reporter)
    beyond_ascii = question.envelope.smtputf8 and not status.isascii()
    parts = (
        _part("Notification", f"text/plain; charset={_charset(notice)}", notice.encode()),
        _part("Delivery report", _status_type(beyond_ascii), status.encode()),
        _part(*_original_type(question.kind, original, beyond_ascii), original.text),
    )
    body = b"".join(b"\r\n--%s\r\n%s" % (boundary.encode(), part) for part in parts)
    head = _head(question.kind, addressee, boundary, body.isascii(), now)
    return b"%s\r\nThis is a MIME-encapsulated message.\r\n%s\r\n--%s--\r\n" % (
        head.encode(),
        body,
        boundary.encode(),
    )


def _head(kind: Kind, addressee: Addressee, boundary: str, is_ascii: bool, now: float) -> str:
    wording = WORDINGS[kind]
    subject = wording.postmaster_subject if addressee.is_postmaster else wording.subject
    fields = (
        f"Date: {format_date(now)}",
        "From: MAILER-DAEMON (Mail Delivery System)",
        f"Subject: {subject}",
        f"To: {quote_address(addressee.address)}",
        # RFC 3834 section 5.1: software that answers mail must not answer this.
        f"Auto-Submitted: auto-{'generated' if addressee.is_postmaster else 'replied'}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{boundary}"',
        f"Content-Transfer-Encoding: {'7bit' if is_ascii else '8bit'}",
    )
    return "".join(f"{field}\r\n" for field in fields)


def _part(description: str, content_type: str, body: bytes) -> bytes:
    encoding = "" if body.isascii() else "Content-Transfer-Encoding: 8bit\r\n"
    head = f"Content-Description: {description}\r\nContent-Type: {content_type}\r\n{encoding}\r\n"
    return head.encode() + body


def _notice(question: Tell, addressee: Addressee, reporter: Reporter) -> str:
    days = reporter.queue_lifetime / 86400
    text = WORDINGS[question.kind].text.format(host=reporter.host, days=days)
    intro = "" if addressee.is_postmaster else text.replace("\n", "\r\n") + "\r\n"
    recipients = question.envelope.recipients
    paragraphs = (
        fold(f"{_named(recipients[one.recipient])}: {diagnosis(question.kind, one)}")
        for one in question.outcomes
    )
    return intro + "\r\n\r\n".join(paragraphs) + "\r\n"


def _named(recipient: Recipient) -> str:
    """Where the message went, and whom the sender wrote to, if that is somebody else."""
    address, original = recipient.address, recipient.original
    name = f"<{quote_address(address)}>"
    if original and original.lower() != address.lower():
        return f"{name} (expanded from <{quote_address(original)}>)"
    return name


def _charset(text: str) -> str:
    return "us-ascii" if text.isascii() else "utf-8"


def _status_type(beyond_ascii: bool) -> str:
    return "message/global-delivery-status" if beyond_ascii else "message/delivery-status"


def _original_type(kind: Kind, original: Original, beyond_ascii: bool) -> tuple[str, str]:
    """Description and type: the whole message or its header (RFC 6522, RFC 6533 section 3)."""
    name = WORDINGS[kind].attachment
    if original.complete:
        return name, "message/global" if beyond_ascii else "message/rfc822"
    return f"{name} Headers", "message/global-headers" if beyond_ascii else "text/rfc822-headers"
