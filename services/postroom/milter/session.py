"""All filters of a service in one client's session, asked in their order."""

import asyncio

from msgspec import structs

from postroom.contracts.milter import (
    Content,
    Discarded,
    Filtered,
    LocalMessage,
    MailFrom,
    Open,
    Proceed,
    RcptTo,
    Rejected,
    Stage,
    Verdict,
)
from postroom.mail.envelope import Client
from postroom.maillog.milter import MilterLog
from postroom.milter.body import Body
from postroom.milter.conversation import Conversation
from postroom.milter.header_checks import HeaderChecks
from postroom.milter.macros import Macros
from postroom.milter.passage import Passage
from postroom.milter.protocol import packets
from postroom.milter.protocol.answers import Reject, Word
from postroom.milter.protocol.answers import Verdict as Said
from postroom.milter.protocol.numbers import Event
from postroom.milter.settings import FilterSet

Result = tuple[Filtered | Discarded | Rejected, tuple[int, ...]]

_EVENTS: dict[Stage, Event] = {
    "helo": Event.HELO,
    "mail": Event.MAIL,
    "rcpt": Event.RCPT,
    "data": Event.DATA,
    "unknown": Event.UNKNOWN,
}


class Session:
    """One question at a time: a filter hears of events in their order."""

    def __init__(self, filters: FilterSet, log: MilterLog) -> None:
        self._conversations = [Conversation(one, filters.macros, log) for one in filters.filters]
        self._macros = Macros(filters.defaults)
        self._turn = asyncio.Lock()

    async def open(self, question: Open) -> Verdict:
        """Raises nothing: a filter that is away is a matter of its default action."""
        async with self._turn:
            self._macros.know_client(question)
            self._macros.know_session(question.client)
            await asyncio.gather(*(one.open() for one in self._conversations))
            client = question.client
            name = client.name if client.name != "unknown" else f"[{client.address}]"
            packet = packets.connect(name, client.address, client.port)
            return await self._tell(Event.CONNECT, packet)

    @property
    def wanted(self) -> tuple[Stage, ...]:
        """The stages that some filter has, or may have, something to say about."""
        stages = [
            stage
            for stage, event in _EVENTS.items()
            if any(one.wants(event) or one.settled for one in self._conversations)
        ]
        if any(one.hears_refused for one in self._conversations):
            stages.append("refused")
        return tuple(stages)

    async def hello(self, client: Client) -> Verdict:
        async with self._turn:
            self._abort()
            self._macros.know_session(client)
            return await self._tell(Event.HELO, packets.texts(Event.HELO, client.helo))

    async def mail(self, question: MailFrom, queue_id: str | None = None) -> Verdict:
        async with self._turn:
            self._abort()
            self._macros.know_session(question.client)
            self._macros.know(i=queue_id)
            self._macros.know_address("mail", question.sender, question.way)
            packet = packets.texts(Event.MAIL, f"<{question.sender}>", *question.parameters)
            return await self._tell(Event.MAIL, packet)

    async def rcpt(self, question: RcptTo) -> Verdict:
        async with self._turn:
            self._macros.know(i=question.queue_id)
            self._macros.know_address("rcpt", question.recipient, question.way)
            packet = packets.texts(Event.RCPT, f"<{question.recipient}>", *question.parameters)
            return await self._tell(Event.RCPT, packet, refused=question.refused)

    async def data(self) -> Verdict:
        async with self._turn:
            return await self._tell(Event.DATA, packets.packet(Event.DATA))

    async def unknown(self, line: str) -> Verdict:
        async with self._turn:
            return await self._tell(Event.UNKNOWN, packets.texts(Event.UNKNOWN, line))

    async def content(
        self, question: Content | LocalMessage, body: Body, checks: HeaderChecks
    ) -> Result:
        """Lead the message through all filters: each sees what those before it made of it.

        Raises TableError.
        """
        async with self._turn:
            self._macros.know(i=question.queue_id)
            passage = Passage(question.header, body, checks.begin())
            try:
                for one in self._conversations:
                    settled = contract_verdict(await passage.through(one, self._macros))
                    if passage.decided:
                        break
                    if not isinstance(settled, Proceed):
                        return structs.replace(settled, hits=passage.hits), ()
                return passage.result()
            finally:
                passage.close()
                self._abort()

    async def abort(self) -> None:
        async with self._turn:
            self._abort()

    def close(self) -> None:
        for one in self._conversations:
            one.close()

    def _abort(self) -> None:
        for one in self._conversations:
            one.abort()

    async def _tell(self, event: Event, packet: bytes, *, refused: bool = False) -> Verdict:
        for one in self._conversations:
            if refused and not one.hears_refused:
                continue
            verdict = contract_verdict(await one.tell(event, packet, self._macros))
            if not isinstance(verdict, Proceed):
                return verdict
        return Proceed()


def contract_verdict(said: Said) -> Verdict:
    """What the caller is told."""
    if isinstance(said, Reject):
        return Rejected(said.code, said.status, said.text)
    return Discarded() if said is Word.DISCARD else Proceed()
