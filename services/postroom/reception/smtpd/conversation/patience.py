"""How much nonsense of a client is borne: it is counted, costs time, and at last the session."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from postroom.esmtp.command import Xclient
from postroom.esmtp.replies import GO_AHEAD
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.conversation import ending
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.tls.securing import READY_FOR_TLS
from postroom.reception.smtpd.transfer import TOLERATED

# What has to wait for something, to be awaited.
Work = Coroutine[Any, Any, None]
# Commands that bring no mail forward (main.cf: smtpd_junk_command_limit).
_JUNK = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "ETRN", "HELP"})


def settle(encounter: Encounter, verb: str, reply: Reply, *, answered: bool = False) -> Work | None:
    """Count the command and reply, unless it is ``answered`` already; a client that errs too often
    has to wait for it."""
    session, settings = encounter.session, encounter.desk.settings
    if reply is not GO_AHEAD and reply is not READY_FOR_TLS:
        # As in Postfix: where a client becomes another, it is not there to be counted.
        session.count(verb, accepted=reply.code < 400 and verb != Xclient.verb)
    if reply.code >= 400 and reply is not TOLERATED:
        session.errors += 1
    if verb in _JUNK:
        session.junk_commands += 1
        if session.junk_commands > settings.smtpd_junk_command_limit:
            session.errors += 1
    if session.errors > settings.smtpd_soft_error_limit:
        return _answer_slowly(encounter, reply, answered)
    _answer_or_end(encounter, reply, answered)
    return None


async def settle_later(encounter: Encounter, verb: str, outcome: Awaitable[Reply]) -> None:
    """The same, once the reply is there."""
    slow = settle(encounter, verb, await outcome)
    if slow is not None:
        await slow


async def _answer_slowly(encounter: Encounter, reply: Reply, answered: bool) -> None:
    await asyncio.sleep(encounter.desk.settings.smtpd_error_sleep_time)
    _answer_or_end(encounter, reply, answered)


def _answer_or_end(encounter: Encounter, reply: Reply, answered: bool) -> None:
    if not answered:
        encounter.engine.answer(reply)
    most = encounter.desk.settings.smtpd_hard_error_limit
    if encounter.session.errors >= most and not reply.closes:
        ending.overtaxed(encounter)
