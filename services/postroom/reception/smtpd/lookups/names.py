"""Ask the name service whether a domain can get mail, and what a client is called."""

import asyncio
from enum import Enum

from postroom.contracts.dns import Answer, HostName, Lookup, Record, RecordType, TryAgain
from postroom.tables.filtered_names import FilteredNames, Withheld


class Presence(Enum):
    """What is known of a name."""

    THERE = "there"
    ABSENT = "absent"
    NO_MAIL = "no mail"  # RFC 7505: a null MX
    UNSURE = "unsure"
    IGNORED = "ignored"  # all there is (smtpd_dns_reply_filter)


# What the log has of that.
ALL_IGNORED = "DNS reply filter drops all results"


class Names:
    """Questions about names; never raises, ``UNSURE`` stands for any failure."""

    def __init__(self, names: FilteredNames) -> None:
        self._names = names

    async def records(
        self, name: HostName, record: RecordType, *, native: bool = False
    ) -> tuple[str, ...] | Presence:
        """The data of all records of one type, or why there are none.

        ``native`` asks /etc/hosts first, and nothing is left out then (smtpd_dns_reply_filter).
        What can be no name has no records.
        """
        found = await self._records(name, record, native)
        return found if isinstance(found, Presence) else tuple(one.data for one in found)

    async def exchangers(self, name: HostName) -> tuple[Record, ...] | Presence:
        """MX records, the most preferred first."""
        found = await self._records(name, RecordType.MX, native=False)
        if isinstance(found, tuple) and not found[0].data:
            return Presence.NO_MAIL
        return found

    async def _records(
        self, name: HostName, record: RecordType, native: bool
    ) -> tuple[Record, ...] | Presence:
        answer = await self._names.ask(Lookup(name, record, native))
        if isinstance(answer, Answer):
            return answer.records
        if isinstance(answer, Withheld):
            return Presence.UNSURE if answer.unsure else Presence.IGNORED
        return Presence.UNSURE if isinstance(answer, TryAgain) else Presence.ABSENT

    async def addresses(self, host: str) -> tuple[list[str], frozenset[Presence]]:
        """IPv4 and IPv6 addresses of a name, and why there are none of one kind or both."""
        kinds = (RecordType.A, RecordType.AAAA)
        found = await asyncio.gather(*(self.records(host, kind) for kind in kinds))
        missing = frozenset(answer for answer in found if isinstance(answer, Presence))
        return [each for answer in found if isinstance(answer, tuple) for each in answer], missing

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
        found = await self._any(name, (RecordType.A, RecordType.AAAA))
        ignored = exchangers is Presence.IGNORED and found is Presence.ABSENT
        return Presence.IGNORED if ignored else found

    async def _any(self, name: str, types: tuple[RecordType, ...]) -> Presence:
        answers = await asyncio.gather(*(self.records(name, record) for record in types))
        if any(isinstance(answer, tuple) for answer in answers):
            return Presence.THERE
        for why in (Presence.UNSURE, Presence.IGNORED):
            if why in answers:
                return why
        return Presence.ABSENT
