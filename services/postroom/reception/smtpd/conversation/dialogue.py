"""One session's conversation: what becomes of each event, from the greeting to the end."""

from collections.abc import Awaitable

from postroom.esmtp.command import Auth, Command, Mail, Quit, Rcpt, StartTls
from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Chunk, Event, Refusal, Response, Uttered
from postroom.esmtp.states import State
from postroom.reception.smtpd.client_limits import Counted
from postroom.reception.smtpd.conversation.answers import ANSWERS
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.opening import Line, begin
from postroom.reception.smtpd.conversation.patience import Work, settle, settle_later
from postroom.reception.smtpd.conversation.strictness import breaks_off, breaks_off_at_line_end
from postroom.reception.smtpd.conversation.transcript import Transcript
from postroom.reception.smtpd.sasl.login import CHALLENGE, Login
from postroom.reception.smtpd.tls.securing import TLS_REQUIRED, Securing

# What clients may do but so often in a while (main.cf: smtpd_client_…_rate_limit).
_COUNTED: dict[type[Command], Counted] = {
    Mail: Counted.MESSAGE,
    Rcpt: Counted.RECIPIENT,
    StartTls: Counted.NEW_TLS,
    Auth: Counted.AUTH,
}


class Dialogue:
    """Answers the events of an engine; knows no transport. Every command goes through here, so
    that what only some need is a call away, and what all need is not."""

    def __init__(self, encounter: Encounter, line: Line) -> None:
        self._encounter = encounter
        self._desk, self._session, self._engine, self._transfer = encounter
        desk, session, engine, _ = encounter
        self._line = line
        self._securing = Securing(encounter, line.secure)
        service = desk.settings.smtpd_sasl_service
        self._login = Login(desk.authentication, session, desk.log, service)
        self._transcript: Transcript | None = None
        if desk.notices.classes:
            self._transcript = Transcript(desk.notices, session, desk.background)
        engine.watched_by(self._transcript)
        engine.asks_about_lines = bool(desk.command_filter)
        engine.output.holds_refusals = desk.refusals.edited
        usual = desk.offers.usual
        session.may_start_tls, session.may_log_in = usual.starttls, usual.auth

    def open(self) -> Work:
        """Find out who is there, and greet."""
        return begin(self._encounter, self._line, self._securing, self._transcript)

    def handle(self, event: Event) -> Work | None:
        """Answer one event; what has to wait for something is returned, to be awaited."""
        if self._engine.bare_newline:
            return self._handle_bare_newline(event)
        return self._answer_event(event)

    async def release(self) -> None:
        """Send the refusals that the engine holds, as the client is to read them."""
        edit, session, output = self._desk.refusals.edit, self._session, self._engine.output
        output.release([await edit(reply, session) for reply in output.held])

    def closed(self) -> None:
        """The connection is gone."""
        self._login.give_up()
        self._transfer.abandon()
        if self._transfer.filters is not None:
            self._desk.background(self._transfer.filters.close())
        if self._session.is_counted:
            self._desk.client_limits.closed(self._session.client)
        self._desk.log.disconnect(self._session.client, self._session.summary)
        if self._transcript is not None:
            self._transcript.end()

    async def _handle_bare_newline(self, event: Event) -> None:
        if await breaks_off_at_line_end(self._encounter):
            return
        work = self._answer_event(event)
        if work is not None:
            await work

    def _answer_event(self, event: Event) -> Work | None:
        if isinstance(event, Command):
            return self._answer_command(event)
        encounter = self._encounter
        if isinstance(event, Refusal):
            if event.no_address:
                client = self._session.client
                self._desk.log.no_address(client, event.verb, event.no_address)
            return settle(encounter, event.verb, event.reply, answered=True)
        if isinstance(event, Response):
            return self._authenticate(self._login.go_on(event.line))
        if isinstance(event, Uttered):
            return self._filter_command(event.line)
        engine, transfer = self._engine, self._transfer
        if isinstance(event, Chunk):
            return settle(encounter, engine.verb, transfer.chunk(event.size, engine.content_size))
        if not event.last:
            return transfer.piece(event.data, engine.content_size)
        outcome = transfer.last(event.data, engine.content_size, engine.chunk_size)
        return settle_later(encounter, engine.verb, outcome)

    async def _filter_command(self, line: bytes) -> None:
        """main.cf: smtpd_command_filter."""
        meant = await self._desk.command_filter.meant(line, self._session)
        event = self._engine.understood(meant)
        work = None if event is None else self._answer_event(event)
        if work is not None:
            await work

    def _answer_command(self, command: Command) -> Work | None:
        session, encounter = self._session, self._encounter
        early = command.ends_group or not session.extended_smtp
        if early and self._engine.has_input and breaks_off(encounter, command):
            return None
        if session.denied and not isinstance(command, Quit):
            denied = Reply(503, "5.7.0", f"Error: access denied for {session.client.shown}")
            return settle(encounter, command.verb, denied)
        if self._desk.encryption.required and self._securing.comes_too_early(command):
            return settle(encounter, command.verb, TLS_REQUIRED)
        if session.is_counted and (event := _COUNTED.get(type(command))) is not None:
            too_many = self._desk.client_limits.happens(event, session.client)
            if too_many is not None:
                return settle(encounter, command.verb, too_many)
        if session.blocked is not None and isinstance(command, Rcpt):
            return settle(encounter, command.verb, self._refuse_blocked(command, session.blocked))
        if isinstance(command, StartTls):
            return self._start_tls()
        if isinstance(command, Auth):
            in_transaction = self._transfer.transaction.mail is not None
            return self._authenticate(self._login.begin(command, in_transaction=in_transaction))
        outcome = ANSWERS[type(command)](encounter, command)
        if isinstance(outcome, Reply):
            return settle(encounter, command.verb, outcome)
        return settle_later(encounter, command.verb, outcome)

    def _refuse_blocked(self, command: Rcpt, reply: Reply) -> Reply:
        """A client that may talk, but not send."""
        if self._desk.screen is not None:
            sender = self._transfer.transaction.sender or ""
            log = self._desk.screen.log
            log.rejected(self._session.client, reply.line, sender, command.recipient)
        return reply

    async def _authenticate(self, turn: Awaitable[Reply]) -> None:
        """AUTH, or the answer to a challenge: it is over, or there is another challenge."""
        reply = await turn
        if reply.code == CHALLENGE:
            self._engine.challenge(reply)
            return
        slow = settle(self._encounter, Auth.verb, reply)
        if slow is not None:
            await slow

    async def _start_tls(self) -> None:
        """This command is over when TLS is there, or the session."""
        slow = settle(self._encounter, StartTls.verb, self._securing.answer())
        if slow is not None:
            await slow
        if self._engine.state is State.HANDSHAKE:
            self._session.count(StartTls.verb, accepted=await self._securing.begin())
