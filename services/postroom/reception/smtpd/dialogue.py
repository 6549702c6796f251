"""One session's conversation: what each command is answered, and how much nonsense is borne."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from msgspec import structs

from postroom.esmtp.command import (
    Auth,
    Command,
    Data,
    Ehlo,
    Etrn,
    Helo,
    Help,
    Mail,
    Noop,
    Quit,
    Rcpt,
    Rset,
    StartTls,
    Unknown,
    Vrfy,
    Xclient,
    Xforward,
)
from postroom.esmtp.command_parser import VERBS
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import (
    END_OF_MESSAGE,
    Chunk,
    Event,
    Refusal,
    Response,
    ServerEngine,
    Uttered,
)
from postroom.esmtp.states import State
from postroom.mail.address import quote_address
from postroom.reception.smtpd.client_limits import Counted
from postroom.reception.smtpd.debugging import Loud
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.offer import Offer
from postroom.reception.smtpd.proxied import BadProxy, proxied
from postroom.reception.smtpd.sasl.login import CHALLENGE, Login
from postroom.reception.smtpd.screening.screen import Early, Screen
from postroom.reception.smtpd.securing import READY_FOR_TLS, TLS_REQUIRED, Securing
from postroom.reception.smtpd.session import ClientSession, harmless
from postroom.reception.smtpd.transcript import Transcript
from postroom.reception.smtpd.transfer import GO_AHEAD, TOLERATED, Transfer

_OK = Reply(250, "2.0.0", "Ok")
_BYE = Reply(221, "2.0.0", "Bye")
_HELP = Reply(214, "2.0.0", f"Commands: {' '.join(sorted(VERBS))}")
_NO_VRFY = Reply(502, "5.5.1", "VRFY command is disabled")
_UNRECOGNIZED = Reply(500, "5.5.2", "Error: command not recognized")
_NOT_SMTP = Reply(221, "2.7.0", "Error: I can break rules, too. Goodbye.")
_OUT_OF_STEP = Reply(554, "5.5.0", "Error: SMTP protocol synchronization")
# Commands that bring no mail forward (main.cf: smtpd_junk_command_limit).
_JUNK = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "ETRN", "HELP"})
# What clients may do but so often in a while (main.cf: smtpd_client_…_rate_limit).
_COUNTED: dict[type[Command], Counted] = {
    Mail: Counted.MESSAGE,
    Rcpt: Counted.RECIPIENT,
    StartTls: Counted.NEW_TLS,
    Auth: Counted.AUTH,
}
_INSIDE_MESSAGE = frozenset({State.CONTENT, State.CHUNK})


class Line(Early, Protocol):
    """The connection, as far as a dialogue has to do with it."""

    async def hears_more(self, seconds: float) -> bool:
        """Wait until the client has said something more; False where it does not."""

    async def secure(self, client: str) -> ssl.SSLObject:
        """Begin TLS with the client of that address, behind what has been said; raises OSError."""


Work = Coroutine[Any, Any, None]
Outcome = Reply | Awaitable[Reply]


class Dialogue:
    """Answers the events of ``engine``; knows no transport."""

    def __init__(
        self,
        desk: Desk,
        session: ClientSession,
        engine: ServerEngine,
        transfer: Transfer,
        line: Line,
    ) -> None:
        self._desk = desk
        self._settings = desk.settings
        self._session = session
        self._engine = engine
        self._transfer = transfer
        self._filters = transfer.filters
        self._securing = Securing(desk, session, line.secure)
        self._login = Login(
            desk.authentication, session, desk.log, self._settings.smtpd_sasl_service
        )
        self._line = line
        self._denied = False
        self._transcript: Transcript | None = None
        if desk.notices.classes:
            self._transcript = Transcript(desk.notices, session, desk.background)
        engine.witness = self._transcript
        engine.asks_about_lines = bool(desk.command_filter)
        engine.holds_refusals = desk.refusals.edited
        self._may(desk.offers.usual)

    async def open(self) -> None:
        """Find out who is there, and greet."""
        session = self._session
        if self._settings.smtpd_upstream_proxy_protocol and not await self._hear_proxy():
            return
        if self._desk.screen is not None and not await self._is_let_in(self._desk.screen):
            return
        found = await self._desk.client_names.of(session.client.address)
        session.client = structs.replace(session.client, name=found.name)
        session.source_address = session.client.address
        session.reverse_name, session.name_unsure = found.reverse, found.unsure
        if await self._desk.privileges.is_debugged(session):
            self._engine.witness = Loud(self._desk.log, session, self._transcript)
        self._desk.log.connect(session.client)
        await self._desk.privileges.authorize(session)
        if session.xclient_allowed or session.xforward_allowed:
            self._engine.extensions = self._desk.offers.usual.extensions(session)
        if (too_many := await self._counted()) is not None:
            self._engine.say(too_many)
            return
        if self._desk.encryption.from_the_start and not await self._begin_tls():
            return
        self._engine.say(await self._greeting())

    async def _greeting(self) -> Reply:
        """What a client reads first; who is refused is told so at once."""
        transaction, stage = self._transfer.transaction, self._engine.verb
        refusal = await self._desk.gatekeeper.connect(self._session, transaction, stage)
        if refusal is None and self._filters is not None:
            refusal = await self._filters.open(transaction, stage)
            if refusal is not None and not refusal.closes:
                host = self._settings.myhostname
                refusal = Reply(554, "", f"{host} ESMTP not accepting connections")
        self._denied = refusal is not None
        return refusal or self._desk.greeting

    async def _hear_proxy(self) -> bool:
        """Whether the proxy in front of us says who the client is."""
        session, seconds = self._session, self._settings.smtpd_upstream_proxy_timeout
        try:
            ends = await proxied(self._engine, self._line.hears_more, seconds)
        except BadProxy as error:
            self._desk.log.bad_proxy(session.client, str(error))
            self.failed()
            return False
        if ends is not None:
            (address, port), session.proxied_to = ends
            session.client = structs.replace(session.client, address=address, port=port)
        return True

    async def _is_let_in(self, screen: Screen) -> bool:
        """Whether a client gets a greeting."""
        verdict = await screen.look_at(self._session, self._line)
        self._session.blocked = verdict.reply if verdict.goes_on else None
        if not verdict.goes_on:
            if verdict.reply is not None:
                self._engine.say(verdict.reply)
            self._engine.close()
            screen.log.disconnect(self._session.client)
        return verdict.goes_on

    async def _counted(self) -> Reply | None:
        """Count the client, if it is limited at all; the reply where there are too many of it."""
        limits, session = self._desk.client_limits, self._session
        if not limits.any or session.xclient_allowed:
            return None
        if await self._desk.privileges.is_unlimited(session):
            return None
        session.is_counted = True
        return limits.opened(session.client)

    def handle(self, event: Event) -> Work | None:
        """Answer one event; what has to wait for something is returned, to be awaited."""
        if self._engine.bare_newline:
            return self._check_bare_newline(event)
        return self._answer_event(event)

    def _answer_event(self, event: Event) -> Work | None:
        if isinstance(event, Command):
            return self._answer_command(event)
        if isinstance(event, Refusal):
            return self._settle(event.verb, event.reply, answered=True)
        if isinstance(event, Response):
            return self._authenticate(self._login.go_on(event.line))
        if isinstance(event, Uttered):
            return self._filter_command(event.line)
        engine, transfer = self._engine, self._transfer
        if isinstance(event, Chunk):
            return self._settle(engine.verb, transfer.chunk(event.size, engine.content_size))
        if not event.last:
            return transfer.piece(event.data, engine.content_size)
        outcome = transfer.last(event.data, engine.content_size, engine.chunk_size)
        return self._settle_later(engine.verb, outcome)

    async def _filter_command(self, line: bytes) -> None:
        """main.cf: smtpd_command_filter."""
        meant = await self._desk.command_filter.meant(line, self._session)
        event = self._engine.understood(meant)
        work = None if event is None else self._answer_event(event)
        if work is not None:
            await work

    def _answer_command(self, command: Command) -> Work | None:
        early = command.ends_group or not self._session.extended_smtp
        if early and self._engine.has_input and self._breaks_step(command):
            return None
        if self._denied and not isinstance(command, Quit):
            who = self._session.client.shown
            return self._settle(
                command.verb, Reply(503, "5.7.0", f"Error: access denied for {who}")
            )
        if self._desk.encryption.required and self._securing.comes_too_early(command):
            return self._settle(command.verb, TLS_REQUIRED)
        if self._session.is_counted and (event := _COUNTED.get(type(command))) is not None:
            too_many = self._desk.client_limits.happens(event, self._session.client)
            if too_many is not None:
                return self._settle(command.verb, too_many)
        if self._session.blocked is not None and isinstance(command, Rcpt):
            return self._settle(command.verb, self._refuse_blocked(command, self._session.blocked))
        if isinstance(command, StartTls):
            return self._start_tls()
        if isinstance(command, Auth):
            in_transaction = self._transfer.transaction.mail is not None
            return self._authenticate(self._login.begin(command, in_transaction=in_transaction))
        outcome = _HANDLERS[type(command)](self, command)
        if isinstance(outcome, Reply):
            return self._settle(command.verb, outcome)
        return self._settle_later(command.verb, outcome)

    def _refuse_blocked(self, command: Rcpt, reply: Reply) -> Reply:
        """A client that may talk, but not send."""
        if self._desk.screen is not None:
            sender = self._transfer.transaction.sender or ""
            log = self._desk.screen.log
            log.rejected(self._session.client, reply.line, sender, command.recipient)
        return reply

    async def release(self) -> None:
        """Send the refusals that the engine holds, as the client is to read them."""
        edit, session = self._desk.refusals.edit, self._session
        self._engine.release([await edit(reply, session) for reply in self._engine.held])

    def timed_out(self) -> None:
        """The client said nothing for too long."""
        self._desk.log.timeout(self._queue_id, self._where(), self._session.client)
        self._count_interrupted()
        host = self._settings.myhostname
        self._engine.say(Reply(421, "4.4.2", f"{host} Error: timeout exceeded"))

    def shut_down(self) -> None:
        """We are leaving."""
        host = self._settings.myhostname
        self._engine.say(Reply(421, "4.3.2", f"{host} Service shutting down"))

    def lost(self) -> None:
        """The client went away without QUIT; after a whole message that is nothing to tell of."""
        if self._engine.verb != END_OF_MESSAGE:
            self._desk.log.lost(self._queue_id, self._where(), self._session.client)
        self._count_interrupted()
        self._engine.close()

    def failed(self) -> None:
        """We made a mistake; the log has it."""
        host = self._settings.myhostname
        self._engine.say(Reply(421, "4.3.0", f"{host} Server local error"))

    def closed(self) -> None:
        """The connection is gone."""
        self._login.give_up()
        self._transfer.abandon()
        if self._filters is not None:
            self._desk.background(self._filters.close())
        if self._session.is_counted:
            self._desk.client_limits.closed(self._session.client)
        self._desk.log.disconnect(self._session.client, self._session.summary)
        if self._transcript is not None:
            self._transcript.end()

    @property
    def _queue_id(self) -> str:
        return self._transfer.transaction.queue_id

    def _where(self) -> str:
        verb = self._engine.verb
        if self._engine.state in _INSIDE_MESSAGE:
            return f"{verb} ({self._engine.content_size} bytes)"
        return verb

    def _count_interrupted(self) -> None:
        if self._engine.state in _INSIDE_MESSAGE:
            self._session.count(self._engine.verb, accepted=False)

    async def _settle_later(self, verb: str, outcome: Awaitable[Reply]) -> None:
        slow = self._settle(verb, await outcome)
        if slow is not None:
            await slow

    def _settle(self, verb: str, reply: Reply, *, answered: bool = False) -> Work | None:
        """Count the command and reply; a client that errs too often has to wait for it."""
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

    async def _answer_slowly(self, reply: Reply, answered: bool) -> None:
        await asyncio.sleep(self._settings.smtpd_error_sleep_time)
        self._answer_or_end(reply, answered)

    def _answer_or_end(self, reply: Reply, answered: bool) -> None:
        session, settings = self._session, self._settings
        if not answered:
            self._engine.answer(reply)
        if session.errors >= settings.smtpd_hard_error_limit and not reply.closes:
            self._desk.log.too_many_errors(self._queue_id, self._engine.verb, session.client)
            self._engine.say(Reply(421, "4.7.0", f"{settings.myhostname} Error: too many errors"))

    def _breaks_step(self, command: Command) -> bool:
        """The client did not wait for a reply it has to wait for (RFC 2920 section 3.1)."""
        session = self._session
        if not session.pipelined_early:
            session.pipelined_early = True
            talk = ascii(self._engine.peek(100).decode("ascii", "backslashreplace"))[1:-1]
            self._desk.log.improper_pipelining(command.verb, session.client, talk)
        if not self._settings.smtpd_forbid_unauth_pipelining:
            return False
        session.count(command.verb, accepted=False)
        self._engine.answer(_OUT_OF_STEP)
        self._engine.close()
        return True

    async def _check_bare_newline(self, event: Event) -> None:
        """main.cf: smtpd_forbid_bare_newline; what is tolerated was made CRLF already."""
        self._engine.bare_newline = False
        if await self._refuses_bare_newline():
            code = self._settings.smtpd_forbid_bare_newline_reject_code
            text = f"{self._settings.myhostname} Error: bare <LF> received"
            self._engine.say(Reply(code, f"{code // 100}.5.2", text))
            self._engine.close()
            return
        work = self._answer_event(event)
        if work is not None:
            await work

    async def _refuses_bare_newline(self) -> bool:
        mode = self._settings.smtpd_forbid_bare_newline.lower()
        if mode not in {"reject", "note"}:
            return False
        desk = self._desk
        if await desk.privileges.may_end_lines_badly(self._session):
            return False
        desk.log.bare_newline(self._where(), self._session.client)
        return mode == "reject"

    async def _helo(self, command: Helo) -> Reply:
        extended = isinstance(command, Ehlo)
        refusal = await self._desk.gatekeeper.helo(
            self._session, self._transfer.transaction, harmless(command.name), command.verb
        )
        if refusal is not None:
            return refusal
        self._transfer.reset()
        self._session.greeted(command.name, extended=extended)
        if self._filters is not None:
            refusal = await self._filters.hello(self._transfer.transaction, command.verb)
            if refusal is not None:
                return refusal
        return await self._offer() if extended else self._desk.helo_reply

    async def _offer(self) -> Reply:
        desk, session = self._desk, self._session
        offer = await desk.offers.to(session)
        if offer.discarded:
            desk.log.discarding(offer.discarded)
        self._may(offer)
        mechanisms: tuple[str, ...] = ()
        if desk.authentication.server is not None:
            mechanisms = await desk.authentication.mechanisms(session)
        verp = await desk.privileges.may_vary_sender(session)
        extensions = offer.extensions(session, mechanisms, verp=verp)
        self._engine.extensions = extensions
        return offer.reply(extensions)

    def _may(self, offer: Offer) -> None:
        self._session.may_start_tls, self._session.may_log_in = offer.starttls, offer.auth

    async def _xclient(self, command: Xclient) -> Reply:
        """Another client begins a session here (XCLIENT_README)."""
        session = self._session
        if self._filters is not None:
            await self._filters.begin_anew()
        self._transfer.reset()
        session.become(command)
        await self._desk.privileges.authorize_again(session)
        self._engine.extensions = self._desk.offers.usual.extensions(session)
        return await self._counted() or await self._greeting()

    def _xforward(self, command: Xforward) -> Outcome:
        self._transfer.forward(command)
        return _OK

    async def _authenticate(self, turn: Awaitable[Reply]) -> None:
        """AUTH, or the answer to a challenge: it is over, or there is another challenge."""
        reply = await turn
        if reply.code == CHALLENGE:
            self._engine.challenge(reply)
            return
        slow = self._settle(Auth.verb, reply)
        if slow is not None:
            await slow

    async def _start_tls(self) -> None:
        """This command is over when TLS is there, or the session."""
        slow = self._settle(StartTls.verb, self._securing.answer())
        if slow is not None:
            await slow
        if self._engine.state is State.HANDSHAKE:
            self._session.count(StartTls.verb, accepted=await self._begin_tls())

    async def _begin_tls(self) -> bool:
        """Whether there is a session to go on with."""
        secured = await self._securing.begin()
        if secured is None:
            if self._engine.state is not State.CLOSED:
                self.lost()
            return False
        self._transfer.reset()
        self._session.begin_anew(secured)
        self._engine.secured()
        return True

    def _mail(self, command: Mail) -> Outcome:
        return self._transfer.mail(command)

    def _rcpt(self, command: Rcpt) -> Outcome:
        return self._transfer.rcpt(command)

    def _data(self, _: Data) -> Outcome:
        return self._transfer.data()

    def _rset(self, _: Rset) -> Outcome:
        self._transfer.reset()
        return _OK

    def _noop(self, _: Noop) -> Outcome:
        return _OK

    def _help(self, _: Help) -> Outcome:
        return _HELP

    def _quit(self, _: Quit) -> Outcome:
        return _BYE

    async def _etrn(self, command: Etrn) -> Reply:
        refusal = await self._desk.gatekeeper.etrn(
            self._session, self._transfer.transaction, command.site
        )
        return refusal or await self._desk.flush.start(command.site)

    async def _vrfy(self, command: Vrfy) -> Reply:
        if self._settings.disable_vrfy_command:
            return _NO_VRFY
        refusal = await self._desk.gatekeeper.vrfy(
            self._session, self._transfer.transaction, command.address
        )
        return refusal or Reply(252, "2.0.0", quote_address(command.address))

    async def _unknown(self, command: Unknown) -> Reply:
        if command.word.lower() in map(str.lower, self._settings.smtpd_noop_commands):
            return _OK
        if await self._is_forbidden(command.word):
            self._desk.log.not_smtp(self._session.client, command.line)
            return _NOT_SMTP
        refusal = None
        if self._filters is not None:
            refusal = await self._filters.unknown(command.line, self._transfer.transaction)
        return refusal or _UNRECOGNIZED

    async def _is_forbidden(self, word: str) -> bool:
        """main.cf: smtpd_forbidden_commands. Without its table it is just unknown."""
        desk = self._desk
        try:
            return await desk.forbidden_commands.match_with(word, desk.tables.find)
        except LookupFailed as failure:
            desk.log.warning(str(failure))
            return False


_HANDLERS: dict[type[Command], Callable[[Dialogue, Any], Outcome]] = {
    Helo: Dialogue._helo,
    Ehlo: Dialogue._helo,
    Xclient: Dialogue._xclient,
    Xforward: Dialogue._xforward,
    Mail: Dialogue._mail,
    Rcpt: Dialogue._rcpt,
    Data: Dialogue._data,
    Rset: Dialogue._rset,
    Noop: Dialogue._noop,
    Help: Dialogue._help,
    Quit: Dialogue._quit,
    Vrfy: Dialogue._vrfy,
    Etrn: Dialogue._etrn,
    Unknown: Dialogue._unknown,
}
