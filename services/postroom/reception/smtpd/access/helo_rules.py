"""Restrictions about the name in HELO or EHLO."""

from postroom.esmtp.reply import Reply
from postroom.mail.address import is_domain
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict, refused
from postroom.reception.smtpd.lookups.names import ALL_IGNORED, Presence
from postroom.tables.network import parse_address


async def reject_invalid_helo_hostname(request: Request) -> Verdict:
    if _is_literal(request.helo) or is_domain(request.helo.removesuffix(".")):
        return DUNNO
    return _rejected(request, request.settings.invalid_hostname_reject_code, "Invalid name")


async def reject_non_fqdn_helo_hostname(request: Request) -> Verdict:
    name = request.helo.removesuffix(".")
    if _is_literal(name) or (is_domain(name) and "." in name and not parse_address(name)):
        return DUNNO
    code = request.settings.non_fqdn_reject_code
    return _rejected(request, code, "need fully-qualified hostname")


async def reject_unknown_helo_hostname(request: Request) -> Verdict:
    if _is_literal(request.helo):
        return DUNNO
    presence = Presence.ABSENT
    if is_domain(request.helo.removesuffix(".")):
        presence = await request.resources.names.host(request.helo.removesuffix("."))
    if presence is Presence.THERE:
        return DUNNO
    if presence is Presence.IGNORED:
        request.resources.log.warning(f"{request.helo}: address or MX lookup error: {ALL_IGNORED}")
        return DUNNO
    text = f"<{request.helo}>: Helo command rejected: Host not found"
    if presence is Presence.UNSURE:
        action = request.settings.unknown_helo_hostname_tempfail_action
        return request.put_off(action, Reply(450, "4.7.1", text))
    return refused(request.settings.unknown_hostname_reject_code, "5.7.1", text)


def _is_literal(name: str) -> bool:
    """RFC 5321 section 4.1.3: ``[192.0.2.1]``, ``[IPv6:2001:db8::1]``."""
    if not (name.startswith("[") and name.endswith("]")):
        return False
    inner = name[1:-1]
    if inner[:5].lower() == "ipv6:":
        return parse_address(inner[5:]) is not None
    return parse_address(inner) is not None


def _rejected(request: Request, code: int, why: str) -> Verdict:
    return refused(code, "5.5.2", f"<{request.helo}>: Helo command rejected: {why}")
