"""The Received header: one hop of a message's way (RFC 5321 section 4.4), as Postfix writes it."""

import re
from typing import NamedTuple

from postroom.mail.address import quote_address
from postroom.mail.date import format_date
from postroom.mail.envelope import Client, Envelope
from postroom.mail.queue_id import QueueId

# What would end or open a comment, or look like an address or a clause, in words of a client.
_ENDING_COMMENT = re.compile(r"[\x00-\x1f\x7f()\\]")
_MISLEADING = re.compile(r'[\x00-\x20\x7f<>()\\";@]')


class Site(NamedTuple):
    """How this machine signs: main.cf's myhostname, mail_name, smtpd_sasl_authenticated_header."""

    host: str
    product: str
    show_login: bool = False


def received(envelope: Envelope, queue_id: QueueId, site: Site) -> bytes:
    """The whole field, folded, in wire form."""
    if envelope.client is not None:
        text = _from_client(envelope, envelope.client, queue_id, site)
    else:
        submitter = envelope.submitter
        user = f", from userid {submitter.uid}" if submitter is not None else ""
        text = f"by {site.host} ({site.product}{user})\r\n\tid {queue_id}; "
    return f"Received: {text}{format_date(envelope.arrival)}\r\n".encode("utf-8", "replace")


def _from_client(envelope: Envelope, client: Client, queue_id: QueueId, site: Site) -> str:
    if client.hidden:
        return f"by {site.host} ({site.product}) id {queue_id};\r\n\t"
    name = _word(client.name)
    helo = _word(client.helo) or name
    tls = f"\t(using {client.tls})\r\n\t({client.certificate})\r\n" if client.tls else ""
    login = ""
    if site.show_login and client.sasl_username:
        login = f"\t(Authenticated sender: {_comment(client.sasl_username)})\r\n"
    return (
        f"from {helo} ({name} [{_literal(client.address)}])\r\n{tls}{login}"
        f"\tby {site.host} ({site.product}) with {client.protocol} id {queue_id}"
        f"{_for_clause(envelope)}"
    )


def _for_clause(envelope: Envelope) -> str:
    """What leads to the date: the recipient, if it is one; several would tell each other
    (RFC 5321 section 7.2)."""
    if len(envelope.recipients) != 1:
        return ";\r\n\t"
    recipient = envelope.recipients[0]
    return f"\r\n\tfor <{quote_address(recipient.original or recipient.address)}>; "


def _comment(text: str) -> str:
    """What may stand in parentheses (RFC 5322 section 3.2.2)."""
    return _ENDING_COMMENT.sub("?", text)


def _word(text: str) -> str:
    return _MISLEADING.sub("?", text)


def _literal(address: str) -> str:
    """RFC 5321 section 4.1.3: an IPv6 address is marked as such."""
    if ":" in address and not address.lower().startswith("ipv6:"):
        return f"IPv6:{_word(address)}"
    return _word(address)
