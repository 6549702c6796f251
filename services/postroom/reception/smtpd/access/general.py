"""Restrictions that fit into any list: permit, reject, defer, and who the client is."""

import asyncio
from collections.abc import Awaitable, Callable

from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Misconfigured, Verdict, refused


async def permit(_: Request) -> Verdict:
    return PERMIT


async def reject(request: Request) -> Verdict:
    return _rejected(request, request.settings.reject_code, "5.7.1", "Access denied")


async def defer(request: Request) -> Verdict:
    return _rejected(request, request.settings.defer_code, "4.3.2", "Try again later")


async def defer_if_permit(request: Request) -> Verdict:
    text = f"<{request.object}>: {request.subject.value} rejected: defer_if_permit requested"
    return request.defer_if_permitted(Reply(450, "4.7.0", text))


async def defer_if_reject(request: Request) -> Verdict:
    if request.deferral_if_rejected is None:
        text = f"<{request.object}>: {request.subject.value} rejected: defer_if_reject requested"
        request.deferral_if_rejected = Reply(450, "4.7.0", text)
    return DUNNO


async def permit_mynetworks(request: Request) -> Verdict:
    trusted = request.session.trusted
    if trusted is None:
        trusted = await request.trusted()
    return PERMIT if trusted else DUNNO


async def permit_inet_interfaces(request: Request) -> Verdict:
    """A client with an address of ours: the loopback, or the one it reached us at.

    As in Postfix, XCLIENT changes nothing about that.
    """
    address = request.session.source_address
    ours = address in {"127.0.0.1", "::1", request.session.local_address}
    return PERMIT if ours else DUNNO


async def permit_sasl_authenticated(request: Request) -> Verdict:
    return PERMIT if request.client.sasl_username else DUNNO


async def reject_unauth_pipelining(request: Request) -> Verdict:
    if not request.session.pipelined_early:
        return DUNNO
    return _rejected(request, 503, "5.5.0", "Improper use of SMTP command pipelining")


async def reject_multi_recipient_bounce(request: Request) -> Verdict:
    """RFC 5321 section 4.5.5: a notification goes to one recipient."""
    recipients = len(request.transaction.recipients) + (request.stage == "RCPT")
    if request.sender != "" or recipients <= 1:
        return DUNNO
    code = request.settings.multi_recipient_bounce_reject_code
    return _rejected(request, code, "5.5.3", "Multi-recipient bounce")


def sleep(seconds: str) -> Callable[[Request], Awaitable[Verdict]]:
    """A pause of so many seconds, and then the next restriction."""
    if not (seconds.isascii() and seconds.isdigit()):
        raise Misconfigured(f'"sleep" wants a number of seconds, not "{seconds}"')

    async def judge(_: Request) -> Verdict:
        await asyncio.sleep(int(seconds))
        return DUNNO

    return judge


def _rejected(request: Request, code: int, status: str, why: str) -> Verdict:
    return refused(code, status, f"<{request.object}>: {request.subject.value} rejected: {why}")
