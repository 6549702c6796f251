"""Apply a list of restrictions: the first that says something decides."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict


class Restriction(NamedTuple):
    """``name`` is how main.cf spells it; with ``only_warn`` a refusal is merely logged."""

    name: str
    judge: Callable[[Request], Awaitable[Verdict]]
    only_warn: bool = False


async def evaluate(restrictions: tuple[Restriction, ...], request: Request) -> Verdict:
    """The verdict of a list; DUNNO at its end."""
    for restriction in restrictions:
        verdict = await restriction.judge(request)
        if verdict.reply is not None and restriction.only_warn:
            log_refusal(request.resources.log, "reject_warning", request, verdict)
        elif verdict is not DUNNO:
            return verdict
    return DUNNO


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
