"""How a session begins: who is there, and whether it is greeted or told to go."""

import ssl
from typing import Protocol

from msgspec import structs

from postroom.esmtp.extensions import Extensions
from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Witness
from postroom.reception.smtpd.conversation.debugging import Loud
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.conversation.ending import Ending
from postroom.reception.smtpd.conversation.proxied import BadProxy, proxied
from postroom.reception.smtpd.screening.screen import Early
from postroom.reception.smtpd.tls.securing import Securing


class Line(Early, Protocol):
    """The connection, as far as a dialogue has to do with it."""

    async def hears_more(self, seconds: float) -> bool:
        """Wait until the client has said something more; False where it does not."""

    async def secure(self, client: str) -> ssl.SSLObject:
        """Begin TLS with the client of that address, behind what has been said; raises OSError."""


class Opening:
    """Of one session, and of another on the same connection (XCLIENT). ``denied``: the client is
    not wanted, and may only leave."""

    def __init__(
        self, encounter: Encounter, ending: Ending, securing: Securing, line: Line
    ) -> None:
        self._desk, self._session, self._engine, self._transfer = encounter
        self._ending = ending
        self._securing = securing
        self._line = line
        self.denied = False

    async def open(self, witness: Witness | None) -> None:
        """Find out who is there, and greet. ``witness`` hears what is said, in any case."""
        if not await self._is_introduced() or not await self._is_let_in():
            return
        await self._identify()
        if await self._desk.privileges.is_debugged(self._session):
            self._engine.witness = Loud(self._desk.log, self._session, witness)
        self._desk.log.connect(self._session.client)
        await self._desk.privileges.authorize(self._session)
        self._engine.extensions = await self.extensions()
        if (too_many := await self.counted()) is not None:
            self._engine.say(too_many)
        elif not self._desk.encryption.from_the_start or await self._securing.begin():
            self._engine.say(await self.greeting())

    async def extensions(self) -> Extensions:
        """What a client may use before it has asked what there is."""
        verp = await self._desk.privileges.may_vary_sender(self._session)
        return self._desk.offers.usual.extensions(self._session, verp=verp)

    async def greeting(self) -> Reply:
        """What a client reads first; who is refused is told so at once."""
        filters, stage = self._transfer.filters, self._engine.verb
        transaction = self._transfer.transaction
        refusal = await self._desk.gatekeeper.connect(self._session, transaction, stage)
        if refusal is None and filters is not None:
            refusal = await filters.open(transaction, stage)
            if refusal is not None and not refusal.closes:
                host = self._desk.settings.myhostname
                refusal = Reply(554, "", f"{host} ESMTP not accepting connections")
        self.denied = refusal is not None
        return refusal or self._desk.greeting

    async def counted(self) -> Reply | None:
        """Count the client, if it is limited at all; the reply where there are too many of it."""
        limits, session = self._desk.client_limits, self._session
        if not limits.any or session.xclient_allowed:
            return None
        if await self._desk.privileges.is_unlimited(session):
            return None
        session.is_counted = True
        return limits.opened(session.client)

    async def _is_introduced(self) -> bool:
        """Whether the proxy in front of us, if there is one, says who the client is."""
        session, settings = self._session, self._desk.settings
        if not settings.smtpd_upstream_proxy_protocol:
            return True
        seconds = settings.smtpd_upstream_proxy_timeout
        try:
            ends = await proxied(self._engine, self._line.hears_more, seconds)
        except BadProxy as error:
            self._desk.log.bad_proxy(session.client, str(error))
            self._ending.failed()
            return False
        if ends is not None:
            (address, port), session.proxied_to = ends
            session.client = structs.replace(session.client, address=address, port=port)
        return True

    async def _is_let_in(self) -> bool:
        """Whether a client gets a greeting, where it is looked at before."""
        screen = self._desk.screen
        if screen is None:
            return True
        verdict = await screen.look_at(self._session, self._line)
        self._session.blocked = verdict.reply if verdict.goes_on else None
        if not verdict.goes_on:
            if verdict.reply is not None:
                self._engine.say(verdict.reply)
            self._engine.close()
            screen.log.disconnect(self._session.client)
        return verdict.goes_on

    async def _identify(self) -> None:
        session = self._session
        found = await self._desk.client_names.of(session.client.address)
        session.client = structs.replace(session.client, name=found.name)
        session.source_address = session.client.address
        session.reverse_name, session.name_unsure = found.reverse, found.unsure
