"""Ask the name service whether a domain can get mail, and what a client is called."""

import asyncio
from enum import Enum

from postroom.contracts.dns import (
    Answer,
    HostName,
    Lookup,
    NoData,
    NoSuchName,
    RecordType,
    may_be_asked,
)
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable


class Presence(Enum):
    """What is known of a name."""

    THERE = "there"
    ABSENT = "absent"
    NO_MAIL = "no mail"  # RFC 7505: a null MX
    UNSURE = "unsure"


class Names:
    """Questions about names; never raises, ``UNSURE`` stands for any failure."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def records(
        self, name: HostName, record: RecordType, *, native: bool = False
    ) -> tuple[str, ...] | Presence:
        """The data of all records of one type, or why there are none.

        ``native`` asks /etc/hosts first. What can be no name has no records.
        """
        if not may_be_asked(name):
            return Presence.ABSENT
        try:
            answer = await self._client.ask(Lookup(name, record, native))
        except Unavailable:
            return Presence.UNSURE
        if isinstance(answer, Answer):
            return tuple(one.data for one in answer.records)
        if isinstance(answer, NoSuchName | NoData):
            return Presence.ABSENT
        return Presence.UNSURE

    async def host(self, name: str) -> Presence:
        """Whether there is an address or an MX for ``name``."""
        return await self._any(name, (RecordType.A, RecordType.AAAA, RecordType.MX))

    async def mail_domain(self, name: str) -> Presence:
        """Whether ``name`` can get mail: by its MX, or by its address (RFC 5321 section 5.1)."""
        exchangers = await self.records(name, RecordType.MX)
        if exchangers == ("",):
            return Presence.NO_MAIL
        if isinstance(exchangers, tuple):
            return Presence.THERE
        if exchangers is Presence.UNSURE:
            return exchangers
        return await self._any(name, (RecordType.A, RecordType.AAAA))

    async def _any(self, name: str, types: tuple[RecordType, ...]) -> Presence:
        answers = await asyncio.gather(*(self.records(name, record) for record in types))
        if any(isinstance(answer, tuple) for answer in answers):
            return Presence.THERE
        return Presence.UNSURE if Presence.UNSURE in answers else Presence.ABSENT
