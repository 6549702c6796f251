"""Restrictions about the form and the domain of sender and recipient."""

from postroom.esmtp.reply import Reply
from postroom.mail.address import is_domain
from postroom.reception.smtpd.access.request import Request, Subject, domain_of
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict, refused
from postroom.reception.smtpd.lookups.names import ALL_IGNORED, Presence


async def reject_non_fqdn_sender(request: Request) -> Verdict:
    if not request.sender:
        return DUNNO
    return _fully_qualified(request, request.sender, Subject.SENDER)


async def reject_non_fqdn_recipient(request: Request) -> Verdict:
    if not request.recipient or request.recipient.lower() == "postmaster":
        return DUNNO
    return _fully_qualified(request, request.recipient, Subject.RECIPIENT)


async def reject_unknown_sender_domain(request: Request) -> Verdict:
    if not request.sender:
        return DUNNO
    return await _known_domain(request, request.sender, Subject.SENDER)


async def reject_unknown_recipient_domain(request: Request) -> Verdict:
    if not request.recipient:
        return DUNNO
    return await _known_domain(request, request.recipient, Subject.RECIPIENT)


def _fully_qualified(request: Request, address: str, subject: Subject) -> Verdict:
    domain = domain_of(address)
    if domain.startswith("[") or ("." in domain and is_domain(domain)):
        return DUNNO
    text = f"<{address}>: {subject.value} rejected: need fully-qualified address"
    return refused(request.settings.non_fqdn_reject_code, "5.5.2", text)


async def _known_domain(request: Request, address: str, subject: Subject) -> Verdict:
    route = await request.resources.destinations.route(address)
    domain = domain_of(route.recipient)
    if route.final or not domain or domain.startswith("["):
        return DUNNO
    presence = await request.resources.names.mail_domain(domain)
    if presence is Presence.THERE:
        return DUNNO
    rejected = f"<{address}>: {subject.value} rejected"
    if presence is Presence.NO_MAIL:
        text = f"{rejected}: Domain {domain} does not accept mail (nullMX)"
        return _no_mail(text, subject)
    if presence is Presence.IGNORED:
        request.resources.log.warning(f"{domain}: MX or address lookup error: {ALL_IGNORED}")
        return DUNNO
    status = "4.1.8" if subject is Subject.SENDER else "4.1.2"
    text = f"{rejected}: Domain not found"
    if presence is Presence.UNSURE:
        action = request.settings.unknown_address_tempfail_action
        return request.put_off(action, Reply(450, status, text))
    return refused(request.settings.unknown_address_reject_code, status, text)


def _no_mail(text: str, subject: Subject) -> Verdict:
    """RFC 7505 section 4."""
    if subject is Subject.SENDER:
        return refused(550, "5.7.27", text)
    return refused(556, "5.1.10", text)
