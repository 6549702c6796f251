"""Restrictions about where a recipient's mail would go: whether we are responsible at all."""

from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Verdict, refused


async def permit_auth_destination(request: Request) -> Verdict:
    if request.recipient and await request.resources.destinations.is_ours(request.recipient):
        return PERMIT
    return DUNNO


async def reject_unauth_destination(request: Request) -> Verdict:
    return await _unauthorized(request, request.settings.relay_domains_reject_code)


async def defer_unauth_destination(request: Request) -> Verdict:
    return await _unauthorized(request, 454)


async def _unauthorized(request: Request, code: int) -> Verdict:
    """Without a recipient there is nothing to relay, and nothing to say."""
    recipient = request.recipient
    if not recipient or await request.resources.destinations.is_ours(recipient):
        return DUNNO
    return refused(code, "5.7.1", f"<{recipient}>: Relay access denied")
