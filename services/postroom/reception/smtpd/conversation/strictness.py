"""What is not said as the standards have it: before its turn, or with line ends that are none."""

from postroom.esmtp.command import Command
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.ending import place

_OUT_OF_STEP = Reply(554, "5.5.0", "Error: SMTP protocol synchronization")
# Of what was said too early, for the log.
_LOGGED = 100


def breaks_off(encounter: Encounter, command: Command) -> bool:
    """The client did not wait for a reply it has to wait for (RFC 2920 section 3.1); whether the
    session ends there (main.cf: smtpd_forbid_unauth_pipelining)."""
    desk, session, engine, _ = encounter
    if not session.pipelined_early:
        session.pipelined_early = True
        talk = ascii(engine.peek(_LOGGED).decode("ascii", "backslashreplace"))[1:-1]
        desk.log.improper_pipelining(command.verb, session.client, talk)
    if not desk.settings.smtpd_forbid_unauth_pipelining:
        return False
    session.count(command.verb, accepted=False)
    engine.answer(_OUT_OF_STEP)
    engine.close()
    return True


async def breaks_off_at_line_end(encounter: Encounter) -> bool:
    """A line ended with a bare LF; whether the session ends there (main.cf:
    smtpd_forbid_bare_newline). What is tolerated was made CRLF already."""
    settings, engine = encounter.desk.settings, encounter.engine
    engine.bare_newline = False
    if not await _refuses_bare_newline(encounter):
        return False
    code = settings.smtpd_forbid_bare_newline_reject_code
    text = f"{settings.myhostname} Error: bare <LF> received"
    engine.say(Reply(code, f"{code // 100}.5.2", text))
    engine.close()
    return True


async def _refuses_bare_newline(encounter: Encounter) -> bool:
    desk, session, engine, _ = encounter
    mode = desk.settings.smtpd_forbid_bare_newline.lower()
    if mode not in {"reject", "note"}:
        return False
    if await desk.privileges.may_end_lines_badly(session):
        return False
    desk.log.bare_newline(place(engine), session.client)
    return mode == "reject"
