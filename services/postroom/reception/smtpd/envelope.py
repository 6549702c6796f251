"""The envelope that a message goes to cleanup with."""

from msgspec import structs

from postroom.esmtp.command import Mail
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Client, Envelope, Notify, Recipient
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.rewrite_clients import is_among
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transaction import Transaction


async def envelope_of(transaction: Transaction, session: ClientSession, desk: Desk) -> Envelope:
    """All that the client said of the message, and we make of it; raises Unavailable."""
    mail = transaction.mail
    if mail is None:
        raise RuntimeError("content without MAIL")
    return Envelope(
        mail.sender,
        _recipients(transaction),
        transaction.arrival,
        _client(mail, session, shows_tls=desk.settings.smtpd_tls_received_header),
        None,
        mail.body,
        mail.smtputf8,
        mail.ret,
        mail.envid,
        await _rewrites_locally(transaction, session, desk),
        filter=transaction.filter or desk.settings.content_filter,
        hold=transaction.held,
        verp=mail.verp,
        forwarded=transaction.upstream,
        forwarded_id=transaction.forwarded_id,
    )


def _recipients(transaction: Transaction) -> tuple[Recipient, ...]:
    """To whom the message goes, after what access tables had to say about it."""
    if transaction.redirected_to:
        return (Recipient(transaction.redirected_to),)
    if transaction.bcc:
        # Nobody asked for reports about this copy.
        return (*transaction.recipients, Recipient(transaction.bcc, "", (Notify.NEVER,)))
    return tuple(transaction.recipients)


def _client(mail: Mail, session: ClientSession, *, shows_tls: bool) -> Client:
    """As a Received header is to show it: RFC 3848, RFC 6531 section 4.3."""
    secured, client = session.secured, session.client
    if mail.auth:
        client = structs.replace(client, sasl_sender=mail.auth)
    if secured is None and not mail.smtputf8 and not client.sasl_username:
        return client
    protocol: str = "UTF8SMTP" if mail.smtputf8 else client.protocol
    if protocol != "SMTP":
        protocol += "S" * (secured is not None) + "A" * bool(client.sasl_username)
    if shows_tls:
        return structs.replace(client, protocol=protocol)
    return structs.replace(client, protocol=protocol, tls="", certificate="")


async def _rewrites_locally(transaction: Transaction, session: ClientSession, desk: Desk) -> bool:
    """main.cf: local_header_rewrite_clients; found out once per session, where the client does
    not say it of each message."""
    forwarded = transaction.forwarded
    if forwarded is not None and forwarded.source is not None:
        return forwarded.source != "REMOTE"
    if session.rewrites_locally is None:
        request = Request(desk.resources, session, transaction, "END-OF-MESSAGE")
        try:
            words = desk.settings.local_header_rewrite_clients
            session.rewrites_locally = await is_among(words, request)
        except LookupFailed as failure:
            raise Unavailable(f"local_header_rewrite_clients: {failure}") from None
    return session.rewrites_locally
