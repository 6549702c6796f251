"""The lines of Dovecot's authentication protocol, version 1 (doc.dovecot.org, "auth protocol").

A line is fields between tabs; a field that holds one of the characters that part lines and
fields has it escaped behind a byte 1.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

# A challenge is base64 of what may be some kilobytes; a line that is longer is an error.
MAX_LINE: Final = 65_536
VERSION: Final = b"1"
_ESCAPED: Final = re.compile(rb"\x01(.)", re.DOTALL)
_PLAIN: Final = {b"0": b"\0", b"1": b"\x01", b"t": b"\t", b"r": b"\r", b"n": b"\n"}
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}")


class BadLine(Exception):
    """The server broke the protocol."""


class Mechanism(NamedTuple):
    """``properties``: plaintext, dictionary, active, anonymous, forward-secrecy, mutual-auth …"""

    name: str
    properties: frozenset[str]


class Version(NamedTuple):
    major: bytes


class Done(NamedTuple):
    """The server has introduced itself."""


class Challenge(NamedTuple):
    """More is wanted; ``data`` is base64."""

    request: int
    data: str


class Success(NamedTuple):
    request: int
    user: str


class Failure(NamedTuple):
    """``reason`` is for people, often empty; ``temporary``: the same may succeed later.

    ``user`` is None where the server did not come to know it.
    """

    request: int
    user: str | None
    reason: str
    temporary: bool


class Other(NamedTuple):
    """Nothing that concerns us."""


Answer = Challenge | Success | Failure
Line = Answer | Mechanism | Version | Done | Other


class Circumstances(NamedTuple):
    """How a client reached us."""

    service: str
    local_address: str
    remote_address: str
    secured: bool


def is_base64(text: str) -> bool:
    """RFC 4648 section 4, without line ends."""
    return len(text) % 4 == 0 and _BASE64.fullmatch(text) is not None


def introduction(process: int) -> bytes:
    return b"VERSION\t%s\t0\nCPID\t%d\n" % (VERSION, process)


def auth(request: int, mechanism: str, about: Circumstances, initial: str | None) -> bytes:
    """The question by which an exchange begins; ``initial`` is base64."""
    fields = [
        "AUTH",
        str(request),
        mechanism,
        f"service={about.service}",
        "nologin",
    ]
    if about.local_address:
        fields.append(f"lip={about.local_address}")
    if about.remote_address:
        fields.append(f"rip={about.remote_address}")
    if about.secured:
        fields.append("secured")
    if initial is not None:
        # It has to be the last; an empty one is said as in RFC 4954 section 4.
        fields.append(f"resp={initial or '='}")
    return _line(fields)


def cont(request: int, response: str) -> bytes:
    """The answer to a challenge, in base64."""
    return _line(("CONT", str(request), response))


def cancel(request: int) -> bytes:
    """The client does not go on."""
    return _line(("CANCEL", str(request)))


def parse(line: bytes) -> Line:
    """A line of the server's, without its LF; raises BadLine."""
    word, *fields = line.split(b"\t")
    try:
        match word:
            case b"VERSION":
                return Version(fields[0])
            case b"MECH":
                return Mechanism(_text(fields[0]).upper(), frozenset(map(_text, fields[1:])))
            case b"DONE":
                return Done()
            case b"CONT":
                return Challenge(_number(fields[0]), _base64(fields[1]))
            case b"OK":
                return Success(_number(fields[0]), _named(fields[1:], b"user") or "")
            case b"FAIL":
                return _failure(fields)
    except IndexError:
        raise BadLine(f"{_text(word)} without what it is about") from None
    return Other()


def _failure(fields: list[bytes]) -> Failure:
    return Failure(
        _number(fields[0]),
        _named(fields[1:], b"user"),
        _named(fields[1:], b"reason") or "",
        b"temp" in fields or b"code=temp_fail" in fields,
    )


def _named(fields: Iterable[bytes], name: bytes) -> str | None:
    """The value of ``name=value``; None where it is not said."""
    prefix = name + b"="
    return next((_text(one[len(prefix) :]) for one in fields if one.startswith(prefix)), None)


def _number(field: bytes) -> int:
    if not field.isdigit() or len(field) > 10:
        raise BadLine("a request by no number")
    return int(field)


def _base64(field: bytes) -> str:
    text = field.decode("ascii", "replace")
    if not is_base64(text):
        raise BadLine("a challenge that is no base64")
    return text


def _text(field: bytes) -> str:
    return _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), field).decode(
        "utf-8", "replace"
    )


def _line(fields: Iterable[str]) -> bytes:
    line = "\t".join(fields)
    if "\n" in line or "\0" in line:
        raise ValueError("a field that would end its line")
    return f"{line}\n".encode()
