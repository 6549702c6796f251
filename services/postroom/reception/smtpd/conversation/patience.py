"""How much nonsense of a client is borne: it is counted, costs time, and at last the session."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from postroom.esmtp.command import Xclient
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.ending import Ending
from postroom.reception.smtpd.tls.securing import READY_FOR_TLS
from postroom.reception.smtpd.transfer import GO_AHEAD, TOLERATED

# What has to wait for something, to be awaited.
Work = Coroutine[Any, Any, None]
# Commands that bring no mail forward (main.cf: smtpd_junk_command_limit).
_JUNK = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "ETRN", "HELP"})


class Patience:
    """With one client."""

    def __init__(self, encounter: Encounter, ending: Ending) -> None:
        self._settings = encounter.desk.settings
        self._session = encounter.session
        self._engine = encounter.engine
        self._ending = ending

    def settle(self, verb: str, reply: Reply, *, answered: bool = False) -> Work | None:
        """Count the command and reply, unless it is ``answered`` already; a client that errs too
        often has to wait for it."""
        session, settings = self._session, self._settings
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
            return self._answer_slowly(reply, answered)
        self._answer_or_end(reply, answered)
        return None

    async def settle_later(self, verb: str, outcome: Awaitable[Reply]) -> None:
        """The same, once the reply is there."""
        slow = self.settle(verb, await outcome)
        if slow is not None:
            await slow

    async def _answer_slowly(self, reply: Reply, answered: bool) -> None:
        await asyncio.sleep(self._settings.smtpd_error_sleep_time)
        self._answer_or_end(reply, answered)

    def _answer_or_end(self, reply: Reply, answered: bool) -> None:
        if not answered:
            self._engine.answer(reply)
        if self._session.errors >= self._settings.smtpd_hard_error_limit and not reply.closes:
            self._ending.overtaxed()
