"""The MAIL, RCPT and XFORWARD commands for an envelope, with what the server's extensions allow."""

import re
from collections.abc import Mapping

from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client_events import Preface, Step
from postroom.mail.address import quote_address
from postroom.mail.dsn import original_recipient
from postroom.mail.envelope import UNKNOWN, Envelope, Recipient
from postroom.mail.queue_id import QueueId

_NOT_XTEXT = re.compile(r"[^!-*,-<>-~]")


def mail_command(
    envelope: Envelope, size: int, server: Capabilities, *, quote: bool = True
) -> bytes:
    """``MAIL FROM:<…>`` with SIZE, BODY, SMTPUTF8, RET and ENVID (RFC 1870, 6152, 6531, 3461)."""
    words = [f"MAIL FROM:<{_path(envelope.sender, quote)}>"]
    if server.size:
        words.append(f"SIZE={size}")
    if server.eight_bit_mime and envelope.body:
        words.append(f"BODY={envelope.body}")
    if server.smtputf8 and envelope.smtputf8:
        words.append("SMTPUTF8")
    if server.dsn:
        if envelope.ret:
            words.append(f"RET={envelope.ret}")
        if envelope.envid:
            words.append(f"ENVID={xtext(envelope.envid)}")
    return f"{' '.join(words)}\r\n".encode()


def rcpt_command(recipient: Recipient, server: Capabilities, *, quote: bool = True) -> bytes:
    """``RCPT TO:<…>`` with NOTIFY and ORCPT (RFC 3461 section 4)."""
    words = [f"RCPT TO:<{_path(recipient.address, quote)}>"]
    if server.dsn:
        if recipient.notify:
            words.append(f"NOTIFY={','.join(recipient.notify)}")
        words.append(f"ORCPT={_original(recipient)}")
    return f"{' '.join(words)}\r\n".encode()


def xforward_commands(envelope: Envelope, queue_id: QueueId, server: Capabilities) -> Preface:
    """``XFORWARD …`` with what is known and the server wants to hear (XFORWARD_README).

    Two lines, so that neither is too long for SMTP.
    """
    upstream = envelope.upstream
    client, protocol = {}, {}
    if upstream is not None:
        literal = f"IPv6:{upstream.address}" if ":" in upstream.address else upstream.address
        port = str(upstream.port or "")
        client = {"NAME": upstream.name, "ADDR": literal, "PORT": port}
        protocol = {"PROTO": upstream.protocol, "HELO": upstream.helo}
    source = "LOCAL" if envelope.rewrite_locally else "REMOTE"
    message = {**protocol, "IDENT": envelope.original_id(queue_id), "SOURCE": source}
    steps = ((Step.XFORWARD_CLIENT, client), (Step.XFORWARD_MESSAGE, message))
    lines = [(step, _xforward(attributes, server)) for step, attributes in steps]
    return tuple([(step, line) for step, line in lines if line])


def _xforward(attributes: Mapping[str, str], server: Capabilities) -> bytes:
    """One line; empty if there is nothing to say."""
    words = [
        f"{name}={xtext(value)}"
        for name, value in attributes.items()
        if name in server.xforward and value not in ("", UNKNOWN)
    ]
    return f"XFORWARD {' '.join(words)}\r\n".encode() if words else b""


def xtext(text: str) -> str:
    """RFC 3461 section 4: what a parameter cannot hold as it is, as ``+`` and two digits."""
    return _NOT_XTEXT.sub(lambda found: "".join(f"+{byte:02X}" for byte in found[0].encode()), text)


def _path(address: str, quote: bool) -> str:
    return quote_address(address) if quote else address


def _original(recipient: Recipient) -> str:
    """RFC 3461 section 4.2."""
    kind, _, address = original_recipient(recipient).partition(";")
    return f"{kind};{xtext(address)}"
