"""What a response says about a name: records, their absence, or where to go on asking."""

import re
from typing import Any, NamedTuple

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from postroom.contracts.dns import Answer, NoData, NoSuchName, Record, RecordType, TryAgain

# RFC 1034 section 3.6.2 wants chains followed; longer ones are loops or worse.
MAX_ALIASES = 8
# No sender tries more; a domain must not fill our memory with exchangers.
MAX_RECORDS = 100
# The texts of one record together (contracts.dns bounds a line at 4096 characters).
_MAX_TEXT = 4000
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

Result = Answer | NoSuchName | NoData | TryAgain


class Reading(NamedTuple):
    """``ttl`` is how long the result may be kept (seconds); ``alias`` is the name to ask next."""

    result: Result
    ttl: int = 0
    alias: str = ""


def read_response(message: dns.message.Message, name: dns.name.Name, kind: RecordType) -> Reading:
    """A response with code NOERROR or NXDOMAIN, read as an answer for ``name``."""
    wanted = dns.rdatatype.from_text(kind.value)
    ttl: int | None = None
    for _ in range(MAX_ALIASES):
        found = _find(message, name, wanted)
        if found is not None:
            whole = found.ttl if ttl is None else min(ttl, found.ttl)
            canonical = "" if ttl is None else _host(name) or ""
            return _records(message, found, kind, whole, canonical)
        alias = _find(message, name, dns.rdatatype.CNAME)
        if alias is None:
            return _nothing(message, name, ttl)
        ttl = alias.ttl if ttl is None else min(ttl, alias.ttl)
        name = alias[0].target
    return Reading(TryAgain("too many aliases"))


def _find(
    message: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    for rrset in message.answer:
        if rrset.name == name and rrset.rdtype == kind and len(rrset):
            return rrset
    return None


def _nothing(message: dns.message.Message, name: dns.name.Name, alias_ttl: int | None) -> Reading:
    ttl = _negative_ttl(message)
    if message.rcode() == dns.rcode.NXDOMAIN:
        return Reading(NoSuchName(), ttl)
    if alias_ttl is not None and not ttl:
        # The server knows the alias and not what it stands for: ask for that.
        return Reading(NoData(), alias_ttl, name.to_text(omit_final_dot=True))
    return Reading(NoData(), ttl)


def _negative_ttl(message: dns.message.Message) -> int:
    """RFC 2308 section 5: the SOA's own time to live, or its minimum."""
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA and len(rrset):
            return int(min(rrset.ttl, rrset[0].minimum))
    return 0


def _records(
    message: dns.message.Message, rrset: dns.rrset.RRset, kind: RecordType, ttl: int, canonical: str
) -> Reading:
    records = sorted(
        (record for rdata in rrset if (record := _record(rdata, kind)) is not None),
        key=lambda record: record.preference,
    )
    if not records:
        return Reading(TryAgain("malformed name server reply"))
    secure = bool(message.flags & dns.flags.AD)
    return Reading(Answer(tuple(records[:MAX_RECORDS]), ttl, secure, canonical), ttl)


def _record(rdata: Any, kind: RecordType) -> Record | None:
    """One record as a value, or None if it is not fit to be used."""
    if kind is RecordType.MX:
        host = _host(rdata.exchange)
        return None if host is None else Record(host, rdata.preference)
    if kind is RecordType.SRV:
        return _service(rdata)
    if kind in {RecordType.NS, RecordType.PTR}:
        host = _host(rdata.target)
        return Record(host) if host else None
    if kind is RecordType.TXT:
        text = b"".join(rdata.strings).decode("utf-8", "replace")
        fit = len(text) <= _MAX_TEXT and _UNPRINTABLE.search(text) is None
        return Record(text) if fit else None
    if kind is RecordType.TLSA:
        return _tlsa(rdata)
    return Record(rdata.address)


def _service(rdata: Any) -> Record | None:
    host = _host(rdata.target)
    if host is None:
        return None
    return Record(f"{rdata.weight} {rdata.port} {host}".rstrip(), rdata.priority)


def _tlsa(rdata: Any) -> Record | None:
    data: bytes = rdata.cert
    if len(data) > _MAX_TEXT // 2 - 16:
        return None
    return Record(f"{rdata.usage} {rdata.selector} {rdata.mtype} {data.hex()}")


def _host(name: dns.name.Name) -> str | None:
    """Lower case without the final dot; empty for the root, None for what is no host name."""
    text = name.to_text(omit_final_dot=True).lower()
    if text in {".", "@", ""}:
        return ""
    return text if _HOST_NAME.match(text) else None
