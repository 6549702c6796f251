"""What each command is answered, but for those that change the dialogue itself: AUTH, STARTTLS."""

from collections.abc import Awaitable, Callable
from typing import Any

from postroom.esmtp.command import (
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
    Unknown,
    Vrfy,
    Xclient,
    Xforward,
)
from postroom.esmtp.command_parser import VERBS
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.opening import Opening
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.offer import Offer
from postroom.reception.smtpd.session import harmless

Outcome = Reply | Awaitable[Reply]

_OK = Reply(250, "2.0.0", "Ok")
_BYE = Reply(221, "2.0.0", "Bye")
_HELP = Reply(214, "2.0.0", f"Commands: {' '.join(sorted(VERBS))}")
_NO_VRFY = Reply(502, "5.5.1", "VRFY command is disabled")
_UNRECOGNIZED = Reply(500, "5.5.2", "Error: command not recognized")
_NOT_SMTP = Reply(221, "2.7.0", "Error: I can break rules, too. Goodbye.")


class Answers:
    """To one client."""

    def __init__(self, encounter: Encounter, opening: Opening) -> None:
        self._desk, self._session, self._engine, self._transfer = encounter
        self._filters = encounter.transfer.filters
        self._opening = opening
        self._allow(self._desk.offers.usual)

    async def helo(self, command: Helo) -> Reply:
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
        self._allow(offer)
        mechanisms: tuple[str, ...] = ()
        if desk.authentication.server is not None:
            mechanisms = await desk.authentication.mechanisms(session)
        verp = await desk.privileges.may_vary_sender(session)
        extensions = offer.extensions(session, mechanisms, verp=verp)
        self._engine.extensions = extensions
        return offer.reply(extensions)

    def _allow(self, offer: Offer) -> None:
        self._session.may_start_tls, self._session.may_log_in = offer.starttls, offer.auth

    async def xclient(self, command: Xclient) -> Reply:
        """Another client begins a session here (XCLIENT_README)."""
        session = self._session
        if self._filters is not None:
            await self._filters.begin_anew()
        self._transfer.reset()
        session.become(command)
        await self._desk.privileges.authorize_again(session)
        self._engine.extensions = await self._opening.extensions()
        return await self._opening.counted() or await self._opening.greeting()

    def xforward(self, command: Xforward) -> Outcome:
        self._transfer.forward(command)
        return _OK

    def mail(self, command: Mail) -> Outcome:
        return self._transfer.mail(command)

    def rcpt(self, command: Rcpt) -> Outcome:
        return self._transfer.rcpt(command)

    def data(self, _: Data) -> Outcome:
        return self._transfer.data()

    def rset(self, _: Rset) -> Outcome:
        self._transfer.reset()
        return _OK

    def noop(self, _: Noop) -> Outcome:
        return _OK

    def help(self, _: Help) -> Outcome:
        return _HELP

    def quit(self, _: Quit) -> Outcome:
        return _BYE

    async def etrn(self, command: Etrn) -> Reply:
        refusal = await self._desk.gatekeeper.etrn(
            self._session, self._transfer.transaction, command.site
        )
        return refusal or await self._desk.flush.start(command.site)

    async def vrfy(self, command: Vrfy) -> Reply:
        if self._desk.settings.disable_vrfy_command:
            return _NO_VRFY
        refusal = await self._desk.gatekeeper.vrfy(
            self._session, self._transfer.transaction, command.address
        )
        return refusal or Reply(252, "2.0.0", command.asked)

    async def unknown(self, command: Unknown) -> Reply:
        if command.word.lower() in map(str.lower, self._desk.settings.smtpd_noop_commands):
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


ANSWERS: dict[type[Command], Callable[[Answers, Any], Outcome]] = {
    Helo: Answers.helo,
    Ehlo: Answers.helo,
    Xclient: Answers.xclient,
    Xforward: Answers.xforward,
    Mail: Answers.mail,
    Rcpt: Answers.rcpt,
    Data: Answers.data,
    Rset: Answers.rset,
    Noop: Answers.noop,
    Help: Answers.help,
    Quit: Answers.quit,
    Vrfy: Answers.vrfy,
    Etrn: Answers.etrn,
    Unknown: Answers.unknown,
}
