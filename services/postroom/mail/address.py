"""Mail addresses: from the wire to the form we keep them in, and back (RFC 5321, RFC 5322).

Inside Postroom an address is unquoted (Postfix's internal form): ``"john doe"@example.com``
is kept as ``john doe@example.com``, and the last ``@`` ends the local part. Quotes come back
where an address leaves the machine or is shown. Everything here takes linear time.
"""

import re
import socket
from contextlib import suppress
from typing import Final, NamedTuple

from postroom.mail.envelope import MAX_ADDRESS

NULL_SENDER: Final = ""
# RFC 1035 section 2.3.4.
MAX_DOMAIN: Final = 255
MAX_LABEL: Final = 63

# Possessive quantifiers stand behind sets only: behind groups, Python 3.11.2 gets them wrong.
# Sets with non-ASCII characters are negated: a range up to the last one takes 10 ms to compile.
_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_LABEL = r"[A-Za-z0-9_]++(?:-++[A-Za-z0-9_]++)*"
_PLAIN = re.compile(rf"[{_ATEXT}]++(?:\.[{_ATEXT}]++)*@{_LABEL}(?:\.{_LABEL})*")
_ROUTE = re.compile(r"(?:@[^@,:\s\"<>]++,)*@[^@,:\s\"<>]++:")
_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*)"')
# Without quotes, too, it may hold a colon, and an "@" that another one follows.
_LOCAL = re.compile(r'(?!@)(?:"(?:[^"\\]++|\\.)*"|[^\s"\\()<>\[\];@,]++|@(?=[^@":]++@))+')
_DOMAIN = re.compile(r"[^\x00-,/:-@\[-^`{-\x7f]++")
_LITERAL = re.compile(r"\[[A-Za-z0-9.:_-]++\]")
_ESCAPE = re.compile(r"\\(.)")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_ATEXT = r"\x00-\x20\"(),.:;<>@\[\\\]\x7f"
_DOT_STRING = re.compile(rf"[^{_NO_ATEXT}]++(?:\.[^{_NO_ATEXT}]++)*")
_TO_ESCAPE = re.compile(r'(["\\])')

_OF_LIST = re.compile(r"owner-.*|.+-request", re.IGNORECASE | re.DOTALL)
# postconf(5), recipient_delimiter: these names have no extension, whatever they contain.
_WHOLE_NAMES = frozenset({"mailer-daemon", "postmaster", "double-bounce"})


class AddressError(ValueError):
    """The text is no address; the message says why, without quoting the text."""


def parse_path(text: str, smtputf8: bool) -> str:
    """The address in MAIL FROM:<text> or RCPT TO:<text> (RFC 5321 section 4.1.2).

    A source route is dropped (RFC 5321 appendix C), quotes are taken off. The domain may be
    missing, as from a user's program; the text may be empty, the null reverse-path. Raises
    AddressError, also for non-ASCII characters where ``smtputf8`` is not set (RFC 6531).
    """
    # Too short for an overlong label, so its form is all there is to check.
    if len(text) <= MAX_LABEL and _PLAIN.fullmatch(text):
        return text
    return _parse_unusual(text, smtputf8)


def _parse_unusual(text: str, smtputf8: bool) -> str:
    if len(text) > MAX_ADDRESS:
        raise AddressError("address too long")
    if not text:
        return NULL_SENDER
    if not smtputf8 and not text.isascii():
        raise AddressError("non-ASCII address")
    if not is_safe(text):
        raise AddressError("control character in address")
    route = _ROUTE.match(text)
    start = route.end() if route else 0
    local = _LOCAL.match(text, start)
    if local is None:
        raise AddressError("no local part")
    name = unquote(local[0])
    if local.end() == len(text):
        return name
    if text[local.end()] != "@":
        raise AddressError("unexpected character in local part")
    return f"{name}@{_checked_domain(text[local.end() + 1 :])}"


def _checked_domain(domain: str) -> str:
    if domain.startswith("["):
        if not _LITERAL.fullmatch(domain):
            raise AddressError("malformed address literal")
        return domain
    domain = domain.removesuffix(".")
    if not is_domain(domain):
        raise AddressError("malformed domain name")
    return domain


def is_domain(domain: str) -> bool:
    """Whether the text has the form of a host name (RFC 1123 2.1; ``_`` is seen and harmless)."""
    return (
        len(domain) <= MAX_DOMAIN
        and _DOMAIN.fullmatch(domain) is not None
        and all(
            0 < len(label) <= MAX_LABEL and label[0] != "-" and label[-1] != "-"
            for label in domain.split(".")
        )
    )


def literal(domain: str) -> str | None:
    """The IP address in ``[192.0.2.1]`` or ``[IPv6:2001:db8::1]`` (RFC 5321 section 4.1.3)."""
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    tagged = domain[1:6].lower() == "ipv6:"
    address = domain[6:-1] if tagged else domain[1:-1]
    with suppress(OSError, ValueError):
        socket.inet_pton(socket.AF_INET6 if tagged else socket.AF_INET, address)
        return address
    return None


def is_safe(text: str) -> bool:
    """Whether the text may stand in an envelope: no control character, no broken UTF-8."""
    return _UNSAFE.search(text) is None


def split_address(address: str) -> tuple[str, str]:
    """Local part and domain of an address as we keep it; the domain is empty if it has none."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (domain, "")


def completed(address: str, domain: str) -> str:
    """An address of main.cf or of a table: a bare name is at ``domain``."""
    return address if "@" in address else f"{address}@{domain}"


class Extensions(NamedTuple):
    """What parts a user from an extension (main.cf: recipient_delimiter, a set of characters).

    With ``-`` for a delimiter, owner-list and list-request are names of ``lists`` all the same
    (main.cf: owner_request_special).
    """

    delimiters: str
    lists: bool = True

    def split(self, local: str) -> tuple[str, str]:
        """``user+ext`` → ``("user", "+ext")``; the extension is empty if there is none."""
        delimiters = self.delimiters
        if not delimiters or local.lower() in _WHOLE_NAMES:
            return local, ""
        if self.lists and "-" in delimiters and _OF_LIST.fullmatch(local):
            return local, ""
        first = min((at for d in delimiters if (at := local.find(d)) >= 0), default=-1)
        if first <= 0:
            return local, ""
        return local[:first], local[first:]


def unquote(text: str) -> str:
    """Take the quotes off all quoted strings in a local part."""
    if '"' not in text:
        return text
    return _QUOTED.sub(lambda quoted: _ESCAPE.sub(r"\1", quoted[1]), text)


def quote_local(local: str) -> str:
    """A local part as RFC 5321 and RFC 5322 want it outside: quoted where it must be."""
    if _DOT_STRING.fullmatch(local):
        return local
    escaped = _TO_ESCAPE.sub(r"\\\1", local)
    return f'"{escaped}"'


def quote_address(address: str) -> str:
    """An address as it is written outside; the null sender stays empty."""
    if not address or _PLAIN.fullmatch(address):
        return address
    local, domain = split_address(address)
    return f"{quote_local(local)}@{domain}" if domain else quote_local(local)
