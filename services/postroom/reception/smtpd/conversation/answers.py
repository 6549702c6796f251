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
from postroom.esmtp.replies import BYE, HELP, NO_VRFY, OK, UNRECOGNIZED
from postroom.esmtp.reply import Reply
from postroom.mail.header import encode, is_field_start
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.opening import counted, extensions, greeting
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.session import harmless

Outcome = Reply | Awaitable[Reply]

_NOT_SMTP = Reply(221, "2.7.0", "Error: I can break rules, too. Goodbye.")


async def _helo(encounter: Encounter, command: Helo) -> Reply:
    desk, session, _, transfer = encounter
    extended = isinstance(command, Ehlo)
    name, verb = harmless(command.name), command.verb
    refusal = await desk.gatekeeper.helo(session, transfer.transaction, name, verb)
    if refusal is not None:
        return refusal
    transfer.reset()
    session.greeted(command.name, extended=extended)
    if transfer.filters is not None:
        refusal = await transfer.filters.hello(transfer.transaction, verb)
        if refusal is not None:
            return refusal
    return await _offer(encounter) if extended else desk.helo_reply


async def _offer(encounter: Encounter) -> Reply:
    desk, session, engine, _ = encounter
    offer = await desk.offers.to(session)
    if offer.discarded:
        desk.log.discarding(offer.discarded)
    session.may_start_tls, session.may_log_in = offer.starttls, offer.auth
    mechanisms: tuple[str, ...] = ()
    if desk.authentication.server is not None:
        mechanisms = await desk.authentication.mechanisms(session)
    verp = await desk.privileges.may_vary_sender(session)
    engine.extensions = offer.extensions(session, mechanisms, verp=verp)
    return offer.reply(engine.extensions)


async def _xclient(encounter: Encounter, command: Xclient) -> Reply:
    """Another client begins a session here (XCLIENT_README)."""
    desk, session, engine, transfer = encounter
    if transfer.filters is not None:
        await transfer.filters.begin_anew()
    transfer.reset()
    session.become(command)
    await desk.privileges.authorize_again(session)
    engine.extensions = await extensions(encounter)
    return await counted(encounter) or await greeting(encounter)


def _xforward(encounter: Encounter, command: Xforward) -> Outcome:
    encounter.transfer.forward(command)
    return OK


def _mail(encounter: Encounter, command: Mail) -> Outcome:
    return encounter.transfer.mail(command)


def _rcpt(encounter: Encounter, command: Rcpt) -> Outcome:
    return encounter.transfer.rcpt(command)


def _data(encounter: Encounter, _: Data) -> Outcome:
    return encounter.transfer.data()


def _rset(encounter: Encounter, _: Rset) -> Outcome:
    encounter.transfer.reset()
    return OK


def _noop(_: Encounter, __: Noop) -> Outcome:
    return OK


def _help(_: Encounter, __: Help) -> Outcome:
    return HELP


def _quit(_: Encounter, __: Quit) -> Outcome:
    return BYE


async def _etrn(encounter: Encounter, command: Etrn) -> Reply:
    desk, session, _, transfer = encounter
    refusal = await desk.gatekeeper.etrn(session, transfer.transaction, command.site)
    return refusal or await desk.flush.start(command.site)


async def _vrfy(encounter: Encounter, command: Vrfy) -> Reply:
    desk, session, _, transfer = encounter
    if desk.settings.disable_vrfy_command:
        return NO_VRFY
    refusal = await desk.gatekeeper.vrfy(session, transfer.transaction, command.address)
    return refusal or Reply(252, "2.0.0", command.asked)


async def _unknown(encounter: Encounter, command: Unknown) -> Reply:
    desk, session, _, transfer = encounter
    if command.word.lower() in map(str.lower, desk.settings.smtpd_noop_commands):
        return OK
    if await _is_forbidden(desk, command.word):
        desk.log.not_smtp(session.client, command.line)
        return _NOT_SMTP
    refusal = None
    if transfer.filters is not None:
        refusal = await transfer.filters.unknown(command.line, transfer.transaction)
    return refusal or UNRECOGNIZED


async def _is_forbidden(desk: Desk, word: str) -> bool:
    """A field of a header, which a client of something else sends; and main.cf:
    smtpd_forbidden_commands. Without its table it is just unknown."""
    if is_field_start(encode(word)):
        return True
    try:
        return await desk.forbidden_commands.match_with(word, desk.tables.find)
    except LookupFailed as failure:
        desk.log.warning(str(failure))
        return False


ANSWERS: dict[type[Command], Callable[[Encounter, Any], Outcome]] = {
    Helo: _helo,
    Ehlo: _helo,
    Xclient: _xclient,
    Xforward: _xforward,
    Mail: _mail,
    Rcpt: _rcpt,
    Data: _data,
    Rset: _rset,
    Noop: _noop,
    Help: _help,
    Quit: _quit,
    Vrfy: _vrfy,
    Etrn: _etrn,
    Unknown: _unknown,
}
