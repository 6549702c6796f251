"""How a session begins: who is there, and whether it is greeted or told to go."""

import ssl
from typing import Protocol

from msgspec import structs

from postroom.esmtp.extensions import Extensions
from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Witness
from postroom.reception.smtpd.conversation import ending
from postroom.reception.smtpd.conversation.debugging import Loud
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.proxied import BadProxy, proxied
from postroom.reception.smtpd.screening.screen import Early, Screen
from postroom.reception.smtpd.tls.securing import Securing


class Line(Early, Protocol):
    """The connection, as far as a dialogue has to do with it."""

    async def hears_more(self, seconds: float) -> bool:
        """Wait until the client has said something more; False where it does not."""

    async def secure(self, client: str) -> ssl.SSLObject:
        """Begin TLS with the client of that address, behind what has been said; raises OSError."""


async def begin(
    encounter: Encounter, line: Line, securing: Securing, witness: Witness | None
) -> None:
    """Find out who is there, and greet. ``witness`` hears what is said, in any case."""
    desk, session, engine, _ = encounter
    if desk.settings.smtpd_upstream_proxy_protocol and not await _is_introduced(encounter, line):
        return
    if desk.screen is not None and not await _is_let_in(encounter, line, desk.screen):
        return
    await _identify(encounter)
    if await desk.privileges.is_debugged(session):
        engine.watched_by(Loud(desk.log, session, witness))
    desk.log.connect(session.client)
    await desk.privileges.authorize(session)
    engine.extensions = await extensions(encounter)
    if (too_many := await counted(encounter)) is not None:
        engine.say(too_many)
    elif not desk.encryption.from_the_start or await securing.begin():
        engine.say(await greeting(encounter))


async def extensions(encounter: Encounter) -> Extensions:
    """What a client may use before it has asked what there is."""
    verp = await encounter.desk.privileges.may_vary_sender(encounter.session)
    return encounter.desk.offers.usual.extensions(encounter.session, verp=verp)


async def greeting(encounter: Encounter) -> Reply:
    """What a client reads first; who is refused is told so at once, and may only leave."""
    desk, session, engine, transfer = encounter
    transaction, filters = transfer.transaction, transfer.filters
    refusal = await desk.gatekeeper.connect(session, transaction, engine.verb)
    if refusal is None and filters is not None:
        refusal = await filters.open(transaction, engine.verb)
        if refusal is not None and not refusal.closes:
            host = desk.settings.myhostname
            refusal = Reply(554, "", f"{host} ESMTP not accepting connections")
    session.denied = refusal is not None
    return refusal or desk.greeting


async def counted(encounter: Encounter) -> Reply | None:
    """Count the client, if it is limited at all; the reply where there are too many of it."""
    desk, session, *_ = encounter
    if not desk.client_limits.any or session.xclient_allowed:
        return None
    if await desk.privileges.is_unlimited(session):
        return None
    session.is_counted = True
    return desk.client_limits.opened(session.client)


async def _is_introduced(encounter: Encounter, line: Line) -> bool:
    """Whether the proxy in front of us says who the client is."""
    desk, session, engine, _ = encounter
    try:
        ends = await proxied(engine, line.hears_more, desk.settings.smtpd_upstream_proxy_timeout)
    except BadProxy as error:
        desk.log.bad_proxy(session.client, str(error))
        ending.failed(encounter)
        return False
    if ends is not None:
        (address, port), session.proxied_to = ends
        session.client = structs.replace(session.client, address=address, port=port)
    return True


async def _is_let_in(encounter: Encounter, line: Line, screen: Screen) -> bool:
    """Whether a client gets a greeting."""
    session, engine = encounter.session, encounter.engine
    verdict = await screen.look_at(session, line)
    session.blocked = verdict.reply if verdict.goes_on else None
    if not verdict.goes_on:
        if verdict.reply is not None:
            engine.say(verdict.reply)
        engine.close()
        screen.log.disconnect(session.client)
    return verdict.goes_on


async def _identify(encounter: Encounter) -> None:
    session = encounter.session
    found = await encounter.desk.client_names.of(session.client.address)
    session.client = structs.replace(session.client, name=found.name)
    session.source_address = session.client.address
    session.reverse_name, session.name_unsure = found.reverse, found.unsure
