"""Parameters of MAIL and RCPT.

RFC 1870, RFC 6152, RFC 6531, RFC 3461, RFC 4954, and Postfix's XVERP (VERP_README).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from postroom.esmtp import limits
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.reply import Reply
from postroom.esmtp.xtext import decode_xtext
from postroom.mail.envelope import Notify
from postroom.mail.verp import are_delimiters

# A reader of one parameter: its value in, the field of the command and that field's value out.
_Reader = Callable[[str], tuple[str, Any]]
_BAD_SIZE = Reply(501, "5.5.4", "Bad message size syntax")
_BAD_RET = Reply(501, "5.5.4", "Bad RET parameter syntax")
_BAD_ENVID = Reply(501, "5.5.4", "Bad ENVID parameter syntax")
_BAD_NOTIFY = Reply(501, "5.5.4", "Error: Bad NOTIFY parameter syntax")
_BAD_ORCPT = Reply(501, "5.5.4", "Error: Bad ORCPT parameter syntax")
_BAD_AUTH = Reply(501, "5.5.4", "Bad MAIL AUTH parameter syntax")
_NO_DSN = Reply(501, "5.7.1", "DSN support is disabled")
_TOO_LARGE = Reply(552, "5.3.4", "Message size exceeds file system imposed limit")


class Refused(Exception):
    """The client broke the protocol; ``reply`` tells it how. ``no_address`` is what it wrote where
    an address should be."""

    def __init__(self, reply: Reply, no_address: str = "") -> None:
        super().__init__(reply.line)
        self.reply = reply
        self.no_address = no_address


def mail_parameters(text: str, extensions: Extensions) -> dict[str, Any]:
    """Fields of a ``Mail`` out of its parameters; raises Refused."""
    readers = _MAIL
    if extensions.verp_delimiters:
        readers = _MAIL | {"XVERP": partial(_verp, extensions)}
    return _fields(text, readers, extensions)


def rcpt_parameters(text: str, extensions: Extensions) -> dict[str, Any]:
    """Fields of an ``Rcpt`` out of its parameters; raises Refused."""
    return _fields(text, _RCPT, extensions)


def _fields(text: str, readers: dict[str, _Reader], extensions: Extensions) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for word in text.split():
        keyword, _, value = word.partition("=")
        keyword = keyword.upper()
        if keyword == "AUTH" and "=" in word and not extensions.mechanisms:
            continue  # nobody asked who wrote it
        reader = readers.get(keyword)
        if reader is None or not _offered(keyword, extensions):
            raise _unsupported(word)
        if keyword in _OF_DSN and not extensions.dsn:
            raise Refused(_NO_DSN)
        try:
            field, content = reader(value)
        except _Unsupported:
            raise _unsupported(word) from None
        # RFC 5321 section 4.1.1.11: a parameter may be given once.
        if field in fields:
            raise Refused(_REPEATED.get(keyword) or _unsupported(word).reply)
        fields[field] = content
    return fields


def _offered(keyword: str, extensions: Extensions) -> bool:
    if keyword == "SMTPUTF8":
        return extensions.smtputf8
    return keyword != "AUTH" or bool(extensions.mechanisms)


class _Unsupported(Exception):
    """A value that is none of those we know."""


def _unsupported(word: str) -> Refused:
    return Refused(Reply(555, "5.5.4", f"Unsupported option: {word}"))


def _size(value: str) -> tuple[str, Any]:
    if not (value.isascii() and value.isdigit()):
        raise Refused(_BAD_SIZE)
    if len(value.lstrip("0")) > limits.SIZE_DIGITS:
        raise Refused(_TOO_LARGE)
    return "size", int(value)


def _body(value: str) -> tuple[str, Any]:
    value = value.upper()
    if value not in {"7BIT", "8BITMIME"}:
        raise _Unsupported
    return "body", value


def _smtputf8(value: str) -> tuple[str, Any]:
    if value:
        raise _Unsupported
    return "smtputf8", True


def _ret(value: str) -> tuple[str, Any]:
    value = value.upper()
    if value not in {"FULL", "HDRS"}:
        raise Refused(_BAD_RET)
    return "ret", value


def _envid(value: str) -> tuple[str, Any]:
    try:
        envid = decode_xtext(value)
    except ValueError:
        raise Refused(_BAD_ENVID) from None
    if not envid or len(envid) > limits.ENVID:
        raise Refused(_BAD_ENVID)
    return "envid", envid


def _auth(value: str) -> tuple[str, Any]:
    """RFC 4954 section 5: who wrote the message, as the client says; ``<>`` if unknown."""
    try:
        author = decode_xtext(value)
    except ValueError:
        raise Refused(_BAD_AUTH) from None
    if len(author) > limits.ORCPT:
        raise Refused(_BAD_AUTH)
    return "auth", author


def _verp(extensions: Extensions, value: str) -> tuple[str, Any]:
    delimiters = value or extensions.verp_delimiters
    if not are_delimiters(delimiters, extensions.verp_filter):
        allowed = extensions.verp_filter
        raise Refused(Reply(501, "5.5.4", f"Error: XVERP needs two characters from {allowed}"))
    return "verp", delimiters


def _notify(value: str) -> tuple[str, Any]:
    """RFC 3461 section 4.1: NEVER alone, or any of the others, each once."""
    try:
        notify = tuple(Notify(word) for word in value.upper().split(","))
    except ValueError:
        raise Refused(_BAD_NOTIFY) from None
    if len(set(notify)) != len(notify) or (Notify.NEVER in notify and len(notify) > 1):
        raise Refused(_BAD_NOTIFY)
    return "notify", notify


def _orcpt(value: str) -> tuple[str, Any]:
    kind, _, address = value.partition(";")
    try:
        plain = decode_xtext(address, utf8=True)
    except ValueError:
        raise Refused(_BAD_ORCPT) from None
    if not kind.replace("-", "").isalnum() or not plain or len(value) > limits.ORCPT:
        raise Refused(_BAD_ORCPT)
    return "orcpt", f"{kind};{plain}"


_MAIL: dict[str, _Reader] = {
    "SIZE": _size,
    "BODY": _body,
    "SMTPUTF8": _smtputf8,
    "RET": _ret,
    "ENVID": _envid,
    "AUTH": _auth,
}
_RCPT: dict[str, _Reader] = {"NOTIFY": _notify, "ORCPT": _orcpt}
_OF_DSN = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})
_REPEATED = {
    "SIZE": _BAD_SIZE,
    "RET": _BAD_RET,
    "ENVID": _BAD_ENVID,
    "NOTIFY": _BAD_NOTIFY,
    "ORCPT": _BAD_ORCPT,
}
