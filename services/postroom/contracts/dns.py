"""Socket ``dns``: name service for components that parse no DNS packet themselves.

Called by smtp, lmtp and smtpd. Every name in an answer is a syntactically valid host name in
lower case without a final dot; malformed records are dropped by the dns component.
"""

import re
from enum import Enum
from typing import Annotated

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Line, Value

# RFC 1035 section 2.3.4, without the octets of lengths.
MAX_NAME = 253
_NAME = r"^[^\x00-\x20\x7f]*\Z"
HostName = Annotated[str, Meta(max_length=MAX_NAME, pattern=_NAME)]


def may_be_asked(name: str) -> bool:
    """Whether a question may name this; what it may not has no records."""
    return len(name) <= MAX_NAME and re.match(_NAME, name) is not None


class RecordType(str, Enum):
    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    NS = "NS"
    PTR = "PTR"
    SRV = "SRV"
    TLSA = "TLSA"
    TXT = "TXT"


class Record(Value, frozen=True):
    """One resource record. ``data`` is the address, host name or text; ``preference`` is MX's.

    A null MX (RFC 7505) is an MX with empty ``data``. A TLSA record (RFC 6698) is three numbers
    and hexadecimal digits, each with a space behind the one before. A SRV record (RFC 2782) is
    weight, port and host name; its priority is the ``preference``."""

    data: Line
    preference: int = 0


class Answer(Value, frozen=True, tag="answer"):
    """At least one record; ``ttl`` in seconds; ``secure`` if a trusted resolver vouches for it.

    ``canonical`` is whose records they are where the name asked for is an alias."""

    records: Annotated[tuple[Record, ...], Meta(min_length=1)]
    ttl: int
    secure: bool = False
    canonical: HostName = ""


class NoSuchName(Value, frozen=True, tag="no-such-name"):
    """NXDOMAIN."""


class NoData(Value, frozen=True, tag="no-data"):
    """The name exists without such a record."""


class TryAgain(Value, frozen=True, tag="try-again"):
    """No usable answer: time-out, SERVFAIL, no resolver."""

    reason: Line


class Lookup(Question[Answer | NoSuchName | NoData | TryAgain], frozen=True, tag="lookup"):
    """``native`` asks the machine's own /etc/hosts first, as getaddrinfo(3) does.

    ``default_domain``: a name without dots may lack its domain; ``search``: one with dots, too
    (res_search(3), RES_DEFNAMES and RES_DNSRCH). For PTR, ``name`` may be the address itself."""

    name: HostName
    record: RecordType
    native: bool = False
    default_domain: bool = False
    search: bool = False


CONTRACT = Contract("dns", Lookup)
