"""The right-hand side of an access table: what is to be done (access(5))."""

import re
from collections.abc import Awaitable, Callable

from postroom.esmtp.content import double_dots
from postroom.esmtp.reply import Reply
from postroom.mail.address import is_safe
from postroom.mail.envelope import MAX_ADDRESS
from postroom.reception.smtpd.access.address_status import status_about
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Verdict

# Restrictions named in a table are applied by who knows them all.
Apply = Callable[[str, Request], Awaitable[Verdict]]
# A number alone is another's time stamp, and permits (access(5)).
_CODE = re.compile(r"([45][0-9][0-9])\s+(.*)\Z", re.DOTALL)
# A line break would make a second header of one.
_HEADER = re.compile(r"[!-9;-~]+:[^\x00\r\n]*")
_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+(.*))?\Z", re.DOTALL)


async def act(value: str, request: Request, apply: Apply) -> Verdict:
    """The verdict of a table's value."""
    value = value.strip()
    code = _CODE.match(value)
    if code is not None:
        return _reply(request, int(code[1]), code[2])
    if value.isascii() and value.isdigit():
        return PERMIT
    word, _, text = value.partition(" ")
    action = _ACTIONS.get(word.upper())
    return await apply(value, request) if action is None else action(text.strip(), request)


def is_permission(value: str) -> bool:
    """Whether a table's value permits, by itself."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return True
    return value.partition(" ")[0].upper() in {"OK", "RELAY"}


def _ok(_: str, __: Request) -> Verdict:
    return PERMIT


def _dunno(_: str, __: Request) -> Verdict:
    return DUNNO


def _reject(text: str, request: Request) -> Verdict:
    return _reply(request, request.settings.access_map_reject_code, text)


def _defer(text: str, request: Request) -> Verdict:
    return _reply(request, request.settings.access_map_defer_code, text)


def _defer_if_permit(text: str, request: Request) -> Verdict:
    verdict = _reply(request, request.settings.access_map_defer_code, text or _UNAVAILABLE)
    return request.defer_if_permitted(verdict.reply) if verdict.reply else DUNNO


def _defer_if_reject(text: str, request: Request) -> Verdict:
    verdict = _reply(request, request.settings.access_map_defer_code, text or _UNAVAILABLE)
    if request.deferral_if_rejected is None:
        request.deferral_if_rejected = verdict.reply
    return DUNNO


def _warn(text: str, request: Request) -> Verdict:
    _note("warn", text, request)
    return DUNNO


def _info(text: str, request: Request) -> Verdict:
    _note("info", text, request)
    return DUNNO


def _discard(text: str, request: Request) -> Verdict:
    """Take the message, and forget it."""
    _note("discard", _triggered(text or "triggers DISCARD action", request), request)
    request.transaction.discarded = True
    return PERMIT


def _hold(text: str, request: Request) -> Verdict:
    """Take the message, and let nobody deliver it; told once."""
    if not request.transaction.held:
        _note("hold", _triggered(text or "triggers HOLD action", request), request)
        request.transaction.held = True
    return DUNNO


def _filter(text: str, request: Request) -> Verdict:
    """The message goes to a content filter; the last such action counts."""
    if not text:
        request.resources.log.warning("access table entry has FILTER entry without value")
    elif ":" not in text or not is_safe(text) or len(text) > MAX_ADDRESS:
        entry = f'access table entry "FILTER {text}"'
        request.resources.log.warning(f"{entry} requires transport:destination")
    else:
        _note("filter", _triggered(f"triggers FILTER {text}", request), request)
        request.transaction.filter = text
    return DUNNO


def _redirect(text: str, request: Request) -> Verdict:
    """The whole message goes to one other address; the last redirection counts."""
    if not _is_address("REDIRECT", text, request):
        return DUNNO
    _note("redirect", _triggered(f"triggers REDIRECT {text}", request), request)
    request.transaction.redirected_to = text
    return DUNNO


def _bcc(text: str, request: Request) -> Verdict:
    """One copy more; the last such action counts (as in Postfix 3)."""
    if not _is_address("BCC", text, request):
        return DUNNO
    _note("bcc", _triggered(f"triggers BCC {text}", request), request)
    request.transaction.bcc = text
    return DUNNO


def _prepend(text: str, request: Request) -> Verdict:
    """A header above those of the message; earlier ones stay above later ones."""
    if not _HEADER.fullmatch(text):
        request.resources.log.warning(f'access table entry "PREPEND {text}" requires a header')
        return DUNNO
    line = text.encode("utf-8", "surrogateescape") + b"\r\n"
    request.transaction.prepended += double_dots(line)
    return DUNNO


def _is_address(action: str, text: str, request: Request) -> bool:
    fits = "@" in text and len(text) <= MAX_ADDRESS and not any(map(str.isspace, text))
    if fits and is_safe(text):
        return True
    entry = f'access table entry "{action} {text}"'
    request.resources.log.warning(f"{entry} requires user@domain target")
    return False


def _triggered(text: str, request: Request) -> str:
    return f"<{request.object}>: {request.subject.value} {text}"


def _note(action: str, text: str, request: Request) -> None:
    request.resources.log.verdict(
        action,
        request.transaction.queue_id,
        request.stage,
        request.client,
        text,
        sender=request.sender,
        recipient=request.recipient,
    )


def _reply(request: Request, code: int, text: str) -> Verdict:
    """A refusal; an enhanced status code may lead the text, its class follows the code."""
    given = _STATUS.match(text)
    status, rest = (given[1], given[2] or "") if given else ("5.7.1", text)
    status = status_about(request.subject, status, request.resources.log)
    why = rest or ("Access denied" if code >= 500 else "Try again later")
    shown = f"<{request.object}>: {request.subject.value} rejected: {why}"
    return Verdict(Reply(code, f"{code // 100}{status[1:]}", shown))


_UNAVAILABLE = "Service unavailable"
_ACTIONS: dict[str, Callable[[str, Request], Verdict]] = {
    "OK": _ok,
    "RELAY": _ok,
    "DUNNO": _dunno,
    "REJECT": _reject,
    "DEFER": _defer,
    "DEFER_IF_PERMIT": _defer_if_permit,
    "DEFER_IF_REJECT": _defer_if_reject,
    "WARN": _warn,
    "INFO": _info,
    "DISCARD": _discard,
    "HOLD": _hold,
    "FILTER": _filter,
    "REDIRECT": _redirect,
    "BCC": _bcc,
    "PREPEND": _prepend,
}
