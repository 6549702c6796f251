"""DNS lists: reject_rbl_client and its kin (postconf(5), RFC 5782)."""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from postroom.config.escapes import unescaped
from postroom.config.expansion import ExpansionError
from postroom.config.macros import expand, filtered
from postroom.contracts.dns import RecordType
from postroom.esmtp.reply import Reply
from postroom.mail.address import split_address
from postroom.reception.smtpd.access.request import Request, domain_of
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Misconfigured, Verdict
from postroom.reception.smtpd.lookups.names import ALL_IGNORED, Presence
from postroom.tables.network import parse_address

_OCTET = r"(?:[0-9]{1,3}|\[[0-9.;]+\])"
_PATTERN = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_PIECE = re.compile(r"\[[0-9.;]+\]|[0-9]+")
# A reason is shown to a stranger; TXT records may be of any length.
MAX_REASON = 400


class DnsList(NamedTuple):
    """``domain=pattern``: where to ask, and which answers count (none given: all).

    ``pattern`` has, for each of four octets, the values that fit.
    """

    domain: str
    pattern: tuple[frozenset[int], ...]

    def counts(self, address: str) -> bool:
        if not self.pattern:
            return True
        octets = address.split(".")
        return all(int(octet) in wanted for octet, wanted in zip(octets, self.pattern, strict=True))


def parse_list(text: str) -> DnsList:
    """``zen.example``, ``zen.example=127.0.0.2``, ``zen.example=127.0.0.[2;4..11]``."""
    domain, equals, pattern = text.partition("=")
    if not equals:
        return DnsList(domain, ())
    if not _PATTERN.fullmatch(pattern):
        raise Misconfigured(f'bad DNS list pattern: "{text}"')
    return DnsList(domain, tuple(map(_values, _PIECE.findall(pattern))))


def _values(piece: str) -> frozenset[int]:
    values: set[int] = set()
    for part in piece.strip("[]").split(";"):
        first, _, last = part.partition("..")
        if not first.isdigit() or not (last or first).isdigit():
            raise Misconfigured(f'bad DNS list pattern: "{piece}"')
        values.update(range(int(first), min(int(last or first), 255) + 1))
    return frozenset(values)


# What of a request is looked up, as (label in the reply, text to look up).
Subject = Callable[[Request], tuple[str, str]]


def client_address(request: Request) -> tuple[str, str]:
    address = request.client.address
    return address, reversed_address(address)


def reversed_address(address: str) -> str:
    """As DNS lists of addresses have it (RFC 5782 section 2.1); empty where it is none."""
    number = parse_address(address)
    if number is None:
        return ""
    if ":" in address:
        return ".".join(reversed(f"{number.number:032x}"))
    return ".".join(reversed(address.split(".")))


def client_name(request: Request) -> tuple[str, str]:
    return _domain(request.client.name)


def reverse_client_name(request: Request) -> tuple[str, str]:
    return _domain(request.session.reverse_name)


def helo_name(request: Request) -> tuple[str, str]:
    return _domain(request.helo)


def sender_domain(request: Request) -> tuple[str, str]:
    return request.sender or "", _domain(domain_of(request.sender or ""))[1]


def recipient_domain(request: Request) -> tuple[str, str]:
    return request.recipient or "", _domain(domain_of(request.recipient or ""))[1]


def _domain(name: str) -> tuple[str, str]:
    """Literals, numbers and names without a dot are in no list of names."""
    name = name.removesuffix(".")
    usable = "." in name and not name.startswith("[") and parse_address(name) is None
    return name, name if usable else ""


def rejects(
    dns_list: DnsList, subject: Subject, label: str
) -> Callable[[Request], Awaitable[Verdict]]:
    """Refuse what is listed; a list that gives no answer has nothing against anybody."""

    async def judge(request: Request) -> Verdict:
        what, query = subject(request)
        if query and await _listed(dns_list, query, request) is Presence.THERE:
            reason = await _reason(dns_list, query, request)
            return Verdict(await _reply(request, dns_list.domain, label, what, reason))
        return DUNNO

    return judge


def permits(dns_list: DnsList, subject: Subject) -> Callable[[Request], Awaitable[Verdict]]:
    """Permit what is listed; without an answer, a later refusal is only for now."""

    async def judge(request: Request) -> Verdict:
        _, query = subject(request)
        presence = await _listed(dns_list, query, request) if query else Presence.ABSENT
        if presence is Presence.UNSURE and request.deferral_if_rejected is None:
            text = f"Service unavailable; {dns_list.domain} gave no answer"
            request.deferral_if_rejected = Reply(450, "4.7.1", text)
        return PERMIT if presence is Presence.THERE else DUNNO

    return judge


async def _listed(dns_list: DnsList, query: str, request: Request) -> Presence:
    name = f"{query}.{dns_list.domain}"
    if len(name) > 253:
        return Presence.ABSENT
    answer = await request.resources.names.records(name, RecordType.A)
    if answer is Presence.UNSURE:
        request.resources.log.warning(f"{name}: RBL lookup error: no answer")
    if answer is Presence.IGNORED:
        why = f"Error looking up name={name} type=A: {ALL_IGNORED}"
        request.resources.log.warning(f"{name}: RBL lookup error: {why}")
    if isinstance(answer, Presence):
        return answer
    return Presence.THERE if any(map(dns_list.counts, answer)) else Presence.ABSENT


async def _reason(dns_list: DnsList, query: str, request: Request) -> str:
    texts = await request.resources.names.records(f"{query}.{dns_list.domain}", RecordType.TXT)
    return texts[0][:MAX_REASON] if isinstance(texts, tuple) else ""


def _parts(name: str, address: str | None) -> dict[str, str]:
    user, domain = split_address(address or "")
    return {f"{name}_name": user, f"{name}_domain": domain}


async def _reply(request: Request, domain: str, label: str, what: str, reason: str) -> Reply:
    """main.cf: rbl_reply_maps, default_rbl_reply."""
    settings, template = request.settings, None
    for table in settings.rbl_reply_maps:
        template = template or await request.resources.tables.find(table, domain)
    values = {
        "rbl_code": str(settings.maps_rbl_reject_code),
        "rbl_class": label,
        "rbl_what": what,
        "rbl_domain": domain,
        "rbl_reason": reason,
        **_attributes(request),
    }
    values = filtered(values, unescaped(settings.smtpd_expansion_filter))
    try:
        text = expand(template or settings.default_rbl_reply, values)
    except ExpansionError as error:
        raise Misconfigured(f"default_rbl_reply, rbl_reply_maps: {error}") from None
    return _in_form(text, settings.maps_rbl_reject_code)


def _attributes(request: Request) -> dict[str, str]:
    """What the text may tell of the session."""
    return request.session.attributes(request.settings.myhostname) | {
        "helo_name": request.helo,
        "recipient": request.recipient or "",
        **_parts("recipient", request.recipient),
        "sender": request.sender or "<>",
        **_parts("sender", request.sender),
    }


def _in_form(text: str, code: int) -> Reply:
    """A code may lead the text, then a status."""
    match = re.fullmatch(r"([45][0-9]{2})(?: ([45]\.[0-9]+\.[0-9]+))? (.*)", text, re.DOTALL)
    if match is None:
        return Reply(code, f"{code // 100}.7.1", text)
    code = int(match[1])
    status = match[2] or "5.7.1"
    return Reply(code, f"{code // 100}{status[1:]}", match[3])
