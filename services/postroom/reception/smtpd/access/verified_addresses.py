"""Addresses that a probe has to have found (ADDRESS_VERIFICATION_README)."""

from typing import NamedTuple

from postroom.contracts.verify import State
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict, refused

# Of what another host has said; a reply line holds no more of it.
MAX_REASON = 250


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
    reason = wishes.reason or f"unverified address: {found.reason[:MAX_REASON]}"
    text = f"<{address}>: {wishes.subject.value} rejected: {reason}"
    if found.state is State.UNDELIVERABLE:
        return refused(wishes.reject_code, wishes.status, text)
    status = f"{wishes.defer_code // 100}{wishes.status[1:]}"
    return request.put_off(wishes.uncertain, Reply(wishes.defer_code, status, text))
