"""What XCLIENT and XFORWARD say of a client (XCLIENT_README, XFORWARD_README): their grammar.

Every attribute is told at most once; the last word counts. Texts come out without characters
that would mislead a reader of a header or a log.
"""

import re
import socket
from collections.abc import Callable, Mapping
from typing import Any

from postroom.esmtp import limits
from postroom.esmtp.command import Xclient, Xforward
from postroom.esmtp.parameters import Refused
from postroom.esmtp.reply import Reply
from postroom.mail.address import is_domain
from postroom.mail.envelope import UNKNOWN

# A reader of one attribute: its value in, fields of the command out; raises ValueError.
_Reader = Callable[[str], dict[str, Any]]
_NO_VALUE = Reply(501, "5.5.4", "Error: attribute=value expected")
_TOO_LONG = Reply(501, "5.5.4", "Error: attribute value too long")
_UNAVAILABLE = "[UNAVAILABLE]"
_UNAVAILABLE_NOW = "[TEMPUNAVAIL]"
_IPV6 = "IPV6:"
_MAX_PROTOCOL = 64
_PORT = re.compile("[0-9]{1,5}")
_XTEXT = re.compile(r"(?:[^+]|\+[0-9A-Fa-f]{2})*")
_CODE = re.compile(rb"\+([0-9A-Fa-f]{2})")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
_MISLEADING = re.compile(r'[ <>()\\";@\xa0]')


def xclient(argument: str) -> Xclient:
    """Raises Refused."""
    return Xclient(**_fields(Xclient.verb, argument, _XCLIENT, _printable))


def xforward(argument: str) -> Xforward:
    """Raises Refused."""
    return Xforward(**_fields(Xforward.verb, argument, _XFORWARD, _harmless))


def _fields(
    verb: str, argument: str, readers: Mapping[str, _Reader], clean: Callable[[str], str]
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for word in argument.split():
        name, _, raw = word.partition("=")
        if not raw:
            raise Refused(_NO_VALUE)
        if len(raw.encode()) > limits.ATTRIBUTE:
            raise Refused(_TOO_LONG)
        reader = readers.get(name.upper())
        if reader is None:
            raise Refused(Reply(501, "5.5.4", f"Bad {verb} attribute name: {name}"))
        value = clean(_decoded(raw))
        try:
            fields |= reader(value)
        except ValueError:
            raise Refused(Reply(501, "5.5.4", f"Bad {name.upper()} syntax: {value}")) from None
    return fields


def _decoded(raw: str) -> str:
    """RFC 3461 section 4, xtext; some clients encode nothing, so that other text is taken, too."""
    if "+" in raw and _XTEXT.fullmatch(raw):
        plain = _CODE.sub(lambda code: bytes.fromhex(code[1].decode()), raw.encode())
        raw = plain.decode("utf-8", "replace")
    return raw


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)


def _harmless(text: str) -> str:
    """Without what would mislead a reader of a header."""
    return _MISLEADING.sub("?", _printable(text))


def _is_unavailable(value: str) -> bool:
    return value.upper() == _UNAVAILABLE


def _host_name(value: str) -> str:
    if _is_unavailable(value):
        return UNKNOWN
    if not (value.isascii() and is_domain(value)) or value.replace(".", "").isdigit():
        raise ValueError("no host name")
    return value


def _address(value: str) -> str:
    if _is_unavailable(value):
        return UNKNOWN
    is_ipv6 = value[: len(_IPV6)].upper() == _IPV6
    address = value[len(_IPV6) :] if is_ipv6 else value
    try:
        socket.inet_pton(socket.AF_INET6 if is_ipv6 else socket.AF_INET, address)
    except OSError:
        raise ValueError("no address") from None
    return address


def _port(value: str) -> int:
    """0 where it is not known."""
    if _is_unavailable(value):
        return 0
    if not _PORT.fullmatch(value):
        raise ValueError("no port")
    return int(value)


def _text(value: str) -> str:
    """Empty where it is not known."""
    return "" if _is_unavailable(value) else _harmless(value)


def _any_protocol(value: str) -> str:
    """What brought a message to others need not be SMTP."""
    if len(value.encode()) > _MAX_PROTOCOL:
        raise ValueError("too long")
    return _text(value) or UNKNOWN


def _source(value: str) -> str:
    if _is_unavailable(value):
        return ""
    if value.upper() not in {"LOCAL", "REMOTE"}:
        raise ValueError("neither here nor there")
    return value.upper()


def _protocol(value: str) -> str:
    if value.upper() not in {"SMTP", "ESMTP"}:
        raise ValueError("not ours")
    return value.upper()


def _looked_up(field: str) -> _Reader:
    """A name, or what became of the search for it."""

    def reader(value: str) -> dict[str, Any]:
        if value.upper() == _UNAVAILABLE_NOW:
            return {field: UNKNOWN, f"{field}_unsure": True}
        return {field: _host_name(value), f"{field}_unsure": False}

    return reader


def _of(field: str, read: Callable[[str], Any]) -> _Reader:
    return lambda value: {field: read(value)}


_XFORWARD: Mapping[str, _Reader] = {
    "NAME": _of("name", _host_name),
    "ADDR": _of("address", _address),
    "PORT": _of("port", _port),
    "PROTO": _of("protocol", _any_protocol),
    "HELO": _of("helo", _text),
    "IDENT": _of("ident", _text),
    "SOURCE": _of("source", _source),
}
_XCLIENT: Mapping[str, _Reader] = {
    "NAME": _looked_up("name"),
    "REVERSE_NAME": _looked_up("reverse_name"),
    "ADDR": _of("address", _address),
    "PORT": _of("port", _port),
    "PROTO": _of("protocol", _protocol),
    "HELO": _of("helo", _text),
    "LOGIN": _of("login", lambda value: "" if _is_unavailable(value) else value),
    "DESTADDR": _of("local_address", _address),
    "DESTPORT": _of("local_port", _port),
}
