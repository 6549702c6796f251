"""One message as the commands for one server, if that server can take it at all."""

from postroom.delivery.client.generic import Posted
from postroom.delivery.client.host import Host
from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client import Message, Preface
from postroom.esmtp.client_commands import mail_command, rcpt_command, xforward_commands
from postroom.mail.queue_id import QueueId
from postroom.mail.status import StatusCode

# The header ends at the first empty line; more of it than this is not looked through.
_HEADER_LIMIT = 131_072


class Impossible(Exception):
    """The server lacks what the message needs; asking again would not help."""

    def __init__(self, code: StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def compose(
    posted: Posted,
    size: int,
    recipients: list[int],
    server: Capabilities,
    host: Host,
    *,
    quote: bool,
    forwarded_as: QueueId | None,
) -> Message:
    """The commands for some recipients (indexes) of the envelope; raises Impossible.

    With ``forwarded_as``, its queue id, the server hears where the message came from, if it wants.
    """
    envelope = posted.envelope
    _check_size(size, server, host)
    if not server.smtputf8 and envelope.smtputf8:
        _check_ascii(posted, recipients, host)
    known = envelope.recipients
    preface: Preface = ()
    if forwarded_as is not None and server.xforward:
        preface = xforward_commands(envelope, forwarded_as, server)
    return Message(
        mail_command(envelope, size, server, quote=quote),
        tuple([rcpt_command(known[index], server, quote=quote) for index in recipients]),
        probe=envelope.is_probe,
        preface=preface,
    )


def _check_size(size: int, server: Capabilities, host: Host) -> None:
    """RFC 1870 section 6.1."""
    if 0 < server.size_limit < size:
        raise Impossible(
            "5.3.4",
            f"message size {size} exceeds size limit {server.size_limit} of server {host.shown}",
        )


def _check_ascii(posted: Posted, recipients: list[int], host: Host) -> None:
    """RFC 6531 section 3.5: what needs SMTPUTF8 is returned where it is not offered.

    A client may ask for SMTPUTF8 without need, and then an old server will do.
    """
    envelope = posted.envelope
    addresses = [envelope.sender, *(envelope.recipients[index].address for index in recipients)]
    if all(address.isascii() for address in addresses) and _header(posted).isascii():
        return
    raise Impossible("5.6.7", f"SMTPUTF8 is required, but was not offered by host {host.shown}")


def _header(posted: Posted) -> bytes:
    beginning = next(posted.content.pieces(), b"")[:_HEADER_LIMIT]
    return beginning.partition(b"\r\n\r\n")[0]
