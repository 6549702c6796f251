"""Apply a list of restrictions: the first that says something decides."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Verdict
from postroom.reception.smtpd.lookups.failure import LookupFailed

_ABOUT_RECIPIENT = frozenset({"permit_auth_destination", "permit_mx_backup"})


class Restriction(NamedTuple):
    """``name`` is how main.cf spells it; with ``only_warn`` a refusal is merely logged.

    What ``leads_on`` to a table or another list permits nothing by itself.
    """

    name: str
    judge: Callable[[Request], Awaitable[Verdict]]
    only_warn: bool = False
    leads_on: bool = False


async def evaluate(restrictions: tuple[Restriction, ...], request: Request) -> Verdict:
    """The verdict of a list; DUNNO at its end."""
    for restriction in restrictions:
        verdict = await restriction.judge(request)
        if verdict.reply is not None and restriction.only_warn:
            log_refusal(request.resources.log, "reject_warning", request, verdict)
        elif verdict is not DUNNO:
            if verdict is PERMIT and request.logs_permissions and not restriction.leads_on:
                await log_permission(request, restriction.name, _subject(restriction, request))
            return verdict
    return DUNNO


def _subject(restriction: Restriction, request: Request) -> Subject:
    """Whom a restriction that permits is about."""
    if restriction.name == "permit":
        return request.subject
    return Subject.RECIPIENT if restriction.name in _ABOUT_RECIPIENT else Subject.CLIENT


async def log_permission(request: Request, action: str, subject: Subject, table: str = "") -> None:
    """main.cf: smtpd_log_access_permit_actions. ``table`` is the one that has ``action``."""
    resources = request.resources
    try:
        wanted = await resources.logged_permits.match_with(action, resources.tables.find)
    except LookupFailed as failure:
        resources.log.warning(str(failure))
        return
    if not wanted:
        return
    origin = f"from {table}" if table else ""
    resources.log.verdict(
        "permit",
        request.transaction.queue_id,
        request.stage,
        request.client,
        f"action={action} for {subject.value}={request.object_of(subject)} {origin}",
        sender=request.sender,
        recipient=request.recipient,
    )


def log_refusal(log: SmtpdLog, action: str, request: Request, verdict: Verdict) -> None:
    """``NOQUEUE: reject: RCPT from …``."""
    if verdict.reply is not None:
        log.verdict(
            action,
            request.transaction.queue_id,
            request.stage,
            request.client,
            verdict.reply.line,
            sender=request.sender,
            recipient=request.recipient,
        )
