"""A whole report: multipart/report with human text, delivery status and the original (RFC 6522)."""

import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from postroom.bounce.audience import Notice
from postroom.bounce.delivery_status import Reporter, delivery_status
from postroom.bounce.original import Original
from postroom.bounce.settings import Settings, Template
from postroom.bounce.wording import ATTACHMENT, TEMPLATE, diagnosis, fold
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.address import quote_address
from postroom.mail.date import format_date
from postroom.mail.envelope import Recipient

_US_ASCII: Final = "us-ascii"


class Report(NamedTuple):
    """``content`` is in wire form; ``smtputf8`` says that it needs RFC 6531 on its way."""

    content: bytes
    smtputf8: bool


class Composer:
    def __init__(self, settings: Settings) -> None:
        self._templates: Mapping[str, Template] = {one.name: one for one in settings.templates}
        self._threaded = settings.enable_threaded_bounces
        self._reporter = Reporter(
            settings.myhostname,
            settings.myorigin,
            settings.mail_name,
            settings.maximal_queue_lifetime,
        )

    def compose(self, question: Tell, original: Original, notice: Notice, now: float) -> Report:
        """The report that ``notice`` asks for."""
        # Unguessable, so that nobody can write a message that ends its own part.
        boundary = f"{question.queue_id}.{secrets.token_hex(12)}"
        template = self._templates[TEMPLATE[question.kind]]
        status = delivery_status(question, notice.outcomes, self._reporter)
        returned = self._return_path(question) + original.text
        beyond_ascii = question.envelope.smtputf8 and not (
            status.isascii() and original.header().text.isascii()
        )
        parts = (
            _notification(question, notice, template),
            _status(status.encode(), beyond_ascii),
            _part(*_original_type(question.kind, original, beyond_ascii), returned),
        )
        body = b"".join(b"\r\n--%s\r\n%s" % (boundary.encode(), part) for part in parts)
        head = _head(template, notice, self._threads(original), now)
        head += _mime(boundary, body.isascii())
        content = b"%s\r\nThis is a MIME-encapsulated message.\r\n%s\r\n--%s--\r\n" % (
            head.encode(),
            body,
            boundary.encode(),
        )
        return Report(content, beyond_ascii)

    def _return_path(self, question: Tell) -> bytes:
        """The envelope sender, as a mailbox would show it (RFC 5321 section 4.4)."""
        sender = self._reporter.shown_sender(question)
        return f"Return-Path: <{quote_address(sender)}>\r\n".encode()

    def _threads(self, original: Original) -> str:
        """main.cf, enable_threaded_bounces: what shows a report below its message."""
        message_id = original.message_id() if self._threaded else ""
        return f"References: {message_id}\r\nIn-Reply-To: {message_id}\r\n" if message_id else ""


def _head(template: Template, notice: Notice, threads: str, now: float) -> str:
    subject = template.postmaster_subject if notice.to_postmaster else template.subject
    return (
        f"Date: {format_date(now)}\r\n"
        f"From: {template.sender}\r\n"
        f"Subject: {subject}\r\n"
        f"To: {quote_address(notice.address)}\r\n"
        f"{threads}"
        # RFC 3834 section 5.1: software that answers mail must not answer this.
        f"Auto-Submitted: auto-{'generated' if notice.to_postmaster else 'replied'}\r\n"
    )


def _mime(boundary: str, is_ascii: bool) -> str:
    return (
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n"
        f'\tboundary="{boundary}"\r\n'
        f"Content-Transfer-Encoding: {_encoding(is_ascii)}\r\n"
    )


def _notification(question: Tell, notice: Notice, template: Template) -> bytes:
    """What people read; the postmaster knows the text of the template by heart."""
    recipients = question.envelope.recipients
    intro = b"" if notice.to_postmaster else _wire_form(template.text)
    paragraphs = (
        fold(f"{_named(recipients[one.recipient])}: {diagnosis(question.kind, one)}")
        for one in notice.outcomes
    )
    text = intro + "\r\n{}\r\n".format("\r\n\r\n".join(paragraphs)).encode()
    charset = template.charset
    if charset.lower() == _US_ASCII and not text.isascii():
        charset = "utf-8"
    return _part("Notification", f"text/plain; charset={charset}", text)


def _wire_form(text: bytes) -> bytes:
    """RFC 5321 section 4.5.2: a template may have lines that begin with a dot."""
    lines = (b"." + line if line.startswith(b".") else line for line in text.split(b"\n"))
    return b"\r\n".join(lines)


def _status(fields: bytes, beyond_ascii: bool) -> bytes:
    """RFC 3464 section 2.1: 7bit, which need not be said; RFC 6533 section 3 allows 8bit."""
    if not beyond_ascii:
        return _headed("Delivery report", "message/delivery-status", fields)
    encoding = "Content-Transfer-Encoding: 8bit\r\n"
    return _headed("Delivery report", "message/global-delivery-status", fields, encoding)


def _part(description: str, content_type: str, body: bytes) -> bytes:
    encoding = f"Content-Transfer-Encoding: {_encoding(body.isascii())}\r\n"
    return _headed(description, content_type, body, encoding)


def _headed(description: str, content_type: str, body: bytes, encoding: str = "") -> bytes:
    head = f"Content-Description: {description}\r\nContent-Type: {content_type}\r\n{encoding}\r\n"
    return head.encode() + body


def _encoding(is_ascii: bool) -> str:
    return "7bit" if is_ascii else "8bit"


def _named(recipient: Recipient) -> str:
    """Where the message went, and whom the sender wrote to, if that is somebody else."""
    address, original = recipient.address, recipient.original
    name = f"<{quote_address(address)}>"
    if original and original.lower() != address.lower():
        return f"{name} (expanded from <{quote_address(original)}>)"
    return name


def _original_type(kind: Kind, original: Original, beyond_ascii: bool) -> tuple[str, str]:
    """Description and type: the whole message or its header (RFC 6522, RFC 6533 section 3)."""
    name = ATTACHMENT[kind]
    if original.complete:
        return name, "message/global" if beyond_ascii else "message/rfc822"
    return f"{name} Headers", "message/global-headers" if beyond_ascii else "text/rfc822-headers"
