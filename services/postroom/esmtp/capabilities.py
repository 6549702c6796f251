"""What a server said it can do (RFC 5321 section 4.1.1.1, RFC 1869)."""

from collections.abc import Collection
from typing import NamedTuple

from postroom.esmtp.reply_parser import PeerReply

# RFC 1870 allows 20 digits; more is a joke at the expense of our integers.
_MAX_SIZE_DIGITS = 20


class Capabilities(NamedTuple):
    """The extensions that make a difference to a client. ``size_limit`` 0: none named.

    ``name`` is the host name the server gives itself in its EHLO or HELO reply. ``auth`` and
    ``starttls`` say what is on offer, ``xforward`` which attributes the server wants to hear.
    """

    name: str = ""
    pipelining: bool = False
    size: bool = False
    size_limit: int = 0
    eight_bit_mime: bool = False
    smtputf8: bool = False
    dsn: bool = False
    starttls: bool = False
    auth: tuple[str, ...] = ()
    xforward: tuple[str, ...] = ()


def capabilities(reply: PeerReply, ignore: Collection[str] = ()) -> Capabilities:
    """Read a positive EHLO or LHLO reply, without the (upper-case) keywords to ``ignore``."""
    first, *rest = reply.lines
    offered: dict[str, list[str]] = {}
    for line in rest:
        # Some servers write AUTH=LOGIN for clients older than RFC 2554.
        keyword, *parameters = line.replace("AUTH=", "AUTH ", 1).upper().split() or [""]
        if keyword not in ignore:
            offered.setdefault(keyword, []).extend(parameters)
    return Capabilities(
        name=first.split(" ", 1)[0],
        pipelining="PIPELINING" in offered,
        size="SIZE" in offered,
        size_limit=_size_limit(offered.get("SIZE", [])),
        eight_bit_mime="8BITMIME" in offered,
        smtputf8="SMTPUTF8" in offered,
        dsn="DSN" in offered,
        starttls="STARTTLS" in offered,
        auth=tuple(offered.get("AUTH", ())),
        xforward=tuple(offered.get("XFORWARD", ())),
    )


def _size_limit(parameters: list[str]) -> int:
    text = parameters[0] if parameters else ""
    valid = text.isascii() and text.isdigit() and len(text) <= _MAX_SIZE_DIGITS
    return int(text) if valid else 0
