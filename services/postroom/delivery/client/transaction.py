"""One message as the commands for one server, if that server can take it at all."""

from postroom.delivery.client.generic import Posted
from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client_commands import mail_command, rcpt_command, xforward_commands
from postroom.esmtp.client_events import Message, Preface, Step
from postroom.mail.queue_id import QueueId
from postroom.mail.status import StatusCode

# The header ends at the first empty line; more of it than this is not looked through.
_HEADER_LIMIT = 131_072
# RFC 4954 section 5: we vouch for nobody.
_NOBODY = b" AUTH=<>\r\n"


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
    rules: Rules,
    logged_in: bool,
    queue_id: QueueId,
) -> Message:
    """The commands for some recipients (indexes) of the envelope; raises Impossible.

    ``logged_in``: the server knows us by a password. ``queue_id`` is told to one that wants to
    hear where the message came from (smtp_send_xforward_command).
    """
    envelope = posted.envelope
    _check_size(size, server, host)
    if not server.smtputf8 and envelope.smtputf8:
        _check_ascii(posted, recipients, host)
    known, quote = envelope.recipients, rules.quote_rfc821_envelope
    preface: Preface = ()
    if rules.send_xforward_command and server.xforward:
        preface = xforward_commands(envelope, queue_id, server)
    mail = mail_command(envelope, size, server, quote=quote)
    if logged_in and rules.send_dummy_mail_auth:
        mail = mail.replace(b"\r\n", _NOBODY)
    commands = tuple([rcpt_command(known[index], server, quote=quote) for index in recipients])
    ends_with = Step.END_OF_DATA
    if envelope.is_probe:
        ends_with = Step.DATA if rules.address_verify_target == "data" else Step.RCPT
    return Message(mail, commands, ends_with=ends_with, preface=preface)


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
