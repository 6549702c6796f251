"""Addresses that a probe has to have found (ADDRESS_VERIFICATION_README)."""

from typing import NamedTuple

from postroom.contracts.verify import State, Verified
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict

# Of what another host has said; a reply line holds no more of it.
MAX_REASON = 250
PERMANENT = 500


class _Wishes(NamedTuple):
    """What main.cf says of addresses of one kind."""

    subject: Subject
    status: str
    reject_code: int
    defer_code: int
    reason: str
    uncertain: str


async def reject_unverified_sender(request: Request) -> Verdict:
    settings = request.settings
    wishes = _Wishes(
        Subject.SENDER,
        "4.1.7",
        settings.unverified_sender_reject_code,
        settings.unverified_sender_defer_code,
        settings.unverified_sender_reject_reason,
        settings.unverified_sender_tempfail_action,
    )
    return await _verified(request, request.sender, wishes)


async def reject_unverified_recipient(request: Request) -> Verdict:
    settings = request.settings
    wishes = _Wishes(
        Subject.RECIPIENT,
        "4.1.1",
        settings.unverified_recipient_reject_code,
        settings.unverified_recipient_defer_code,
        settings.unverified_recipient_reject_reason,
        settings.unverified_recipient_tempfail_action,
    )
    return await _verified(request, request.recipient, wishes)


async def _verified(request: Request, address: str | None, wishes: _Wishes) -> Verdict:
    if not address:
        return DUNNO
    route = await request.resources.destinations.route(address)
    found = await request.resources.verification.of(route.recipient)
    if found.state is State.DELIVERABLE:
        return DUNNO
    hopeless = found.state is State.UNDELIVERABLE
    refusal = _refusal(
        address, wishes, wishes.reject_code if hopeless else wishes.defer_code, found
    )
    if refusal.positive:
        return DUNNO
    return Verdict(refusal) if hopeless else request.put_off(wishes.uncertain, refusal)


def _refusal(address: str, wishes: _Wishes, code: int, found: Verified) -> Reply:
    """Unlike elsewhere, main.cf may have a code that refuses nothing (postconf(5))."""
    known = "undeliverable" if code >= PERMANENT else "unverified"
    reason = f"{known} address: {wishes.reason or found.reason[:MAX_REASON]}"
    text = f"<{address}>: {wishes.subject.value} rejected: {reason}"
    return Reply(code, f"{code // 100}{wishes.status[1:]}", text)
