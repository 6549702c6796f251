"""What is not said as the standards have it: before its turn, or with line ends that are none."""

from postroom.esmtp.command import Command
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.ending import Ending

_OUT_OF_STEP = Reply(554, "5.5.0", "Error: SMTP protocol synchronization")
# Of what was said too early, for the log.
_LOGGED = 100


class Strictness:
    """With one client."""

    def __init__(self, encounter: Encounter, ending: Ending) -> None:
        self._desk, self._session, self._engine, _ = encounter
        self._ending = ending

    def breaks_off(self, command: Command) -> bool:
        """The client did not wait for a reply it has to wait for (RFC 2920 section 3.1); whether
        the session ends there (main.cf: smtpd_forbid_unauth_pipelining)."""
        session = self._session
        if not session.pipelined_early:
            session.pipelined_early = True
            talk = ascii(self._engine.peek(_LOGGED).decode("ascii", "backslashreplace"))[1:-1]
            self._desk.log.improper_pipelining(command.verb, session.client, talk)
        if not self._desk.settings.smtpd_forbid_unauth_pipelining:
            return False
        session.count(command.verb, accepted=False)
        self._engine.answer(_OUT_OF_STEP)
        self._engine.close()
        return True

    async def breaks_off_at_line_end(self) -> bool:
        """A line ended with a bare LF; whether the session ends there (main.cf:
        smtpd_forbid_bare_newline). What is tolerated was made CRLF already."""
        self._engine.bare_newline = False
        if not await self._refuses_bare_newline():
            return False
        settings = self._desk.settings
        code = settings.smtpd_forbid_bare_newline_reject_code
        text = f"{settings.myhostname} Error: bare <LF> received"
        self._engine.say(Reply(code, f"{code // 100}.5.2", text))
        self._engine.close()
        return True

    async def _refuses_bare_newline(self) -> bool:
        mode = self._desk.settings.smtpd_forbid_bare_newline.lower()
        if mode not in {"reject", "note"}:
            return False
        if await self._desk.privileges.may_end_lines_badly(self._session):
            return False
        self._desk.log.bare_newline(self._ending.place, self._session.client)
        return mode == "reject"
