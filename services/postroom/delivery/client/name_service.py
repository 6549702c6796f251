"""Ask the dns component, and say in Postfix's words what it could not find."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from postroom.contracts import dns
from postroom.contracts.dns import RecordType
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.status import StatusCode
from postroom.tables.dns_reply_filter import BadFilter, DnsReplyFilter, owner_of
from postroom.tables.table import TableError

_NOT_FOUND = "Host not found"
_NO_DATA = "Host found but no data record of requested type"
_TRY_AGAIN = "Host not found, try again"


class NoRoute(Exception):
    """There is no host to try: a status code and its reason."""

    def __init__(self, code: StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def temporary(self) -> bool:
        return self.code[0] == "4"


class Address(NamedTuple):
    """One address of a host; ``secure`` if DNSSEC vouches for it. ``host`` is whose it is where
    the name asked for is an alias."""

    text: str
    secure: bool
    host: str = ""


class Found(NamedTuple):
    """What is known of a name; ``secure`` if DNSSEC vouches for it."""

    records: tuple[dns.Record, ...] = ()
    secure: bool = False


_Answer = dns.Answer | dns.NoSuchName | dns.NoData | dns.TryAgain | NoRoute


class NameService:
    """``types`` are the address types to ask for; ``use_dns`` and ``native``: smtp_host_lookup.

    Without ``mail_exchangers`` every domain is its own (disable_dns_lookups).
    """

    def __init__(
        self,
        client: Client,
        types: Sequence[RecordType],
        *,
        mail_exchangers: bool,
        use_dns: bool,
        native: bool,
        ignored: DnsReplyFilter,
        complain: Callable[[str], None],
    ) -> None:
        self._client = client
        self._types = types
        self._mail_exchangers = mail_exchangers
        self._use_dns = use_dns
        self._native = native
        self._ignored = ignored
        self._complain = complain

    async def exchangers(self, domain: str) -> Found:
        """MX records, none if the domain has none; raises NoRoute if that cannot be known."""
        if not self._mail_exchangers:
            return Found()
        return await self._found(dns.Lookup(domain, RecordType.MX))

    async def servers(self, service: str, domain: str) -> Found:
        """SRV records (RFC 2782), at least one; raises NoRoute."""
        name = f"_{service}._tcp.{domain}"
        found = await self._found(dns.Lookup(name, RecordType.SRV))
        if not found.records:
            raise _failure("5.4.4", name, RecordType.SRV, _NOT_FOUND)
        return found

    async def _found(self, question: dns.Lookup) -> Found:
        answer = await self._ask(question)
        if isinstance(answer, NoRoute):
            raise answer
        if isinstance(answer, dns.TryAgain):
            raise _failure("4.4.3", question.name, question.record, _TRY_AGAIN)
        if isinstance(answer, dns.Answer):
            return Found(answer.records, answer.secure)
        return Found()

    async def tlsa(self, host: str, port: int) -> Found | None:
        """The records of a server (RFC 6698 section 3); None if they cannot be known now."""
        answer = await self._ask(dns.Lookup(f"_{port}._tcp.{host}", RecordType.TLSA))
        if isinstance(answer, dns.TryAgain | NoRoute):
            return None
        if isinstance(answer, dns.Answer):
            return Found(answer.records, answer.secure)
        return Found()

    async def addresses(self, host: str) -> list[Address]:
        """Every address of a host, at least one; raises NoRoute."""
        if self._use_dns:
            try:
                return await self._resolve(host, native=False)
            except NoRoute:
                if not self._native:
                    raise
        return await self._resolve(host, native=True)

    async def _resolve(self, host: str, *, native: bool) -> list[Address]:
        questions = [dns.Lookup(host, kind, native) for kind in self._types]
        answers = await asyncio.gather(*map(self._ask, questions))
        found = [
            Address(record.data, answer.secure, answer.canonical)
            for answer in answers
            if isinstance(answer, dns.Answer)
            for record in answer.records
        ]
        if found:
            return found
        for answer in answers:
            if isinstance(answer, NoRoute):
                raise answer
        if any(isinstance(answer, dns.TryAgain) for answer in answers):
            raise _failure("4.4.3", host, self._types[-1], _TRY_AGAIN)
        missing = isinstance(answers[-1], dns.NoSuchName)
        raise _failure("5.4.4", host, self._types[-1], _NOT_FOUND if missing else _NO_DATA)

    async def _ask(self, question: dns.Lookup) -> _Answer:
        """A NoRoute is returned where we make the answer useless ourselves."""
        if not dns.may_be_asked(question.name):
            return dns.NoSuchName()
        try:
            answer = await self._client.ask(question)
            if isinstance(answer, dns.Answer) and self._ignored and not question.native:
                return await self._left_of(question, answer)
        except Unavailable as error:
            return dns.TryAgain(str(error)[:200])
        return answer

    async def _left_of(self, question: dns.Lookup, answer: dns.Answer) -> dns.Answer | NoRoute:
        """main.cf: smtp_dns_reply_filter."""
        owner = owner_of(question, answer)
        about = f"Error looking up name={owner} type={question.record.value}"
        try:
            left = await self._ignored.passed(question, answer)
        except (BadFilter, TableError) as error:
            self._complain(str(error))
            return NoRoute("4.4.3", f"{about}: Invalid DNS reply filter syntax")
        return left or NoRoute("4.7.0", f"{about}: DNS reply filter drops all results")


def _failure(code: StatusCode, name: str, record: RecordType, reason: str) -> NoRoute:
    return NoRoute(
        code,
        f"Host or domain name not found. Name service error for name={name} "
        f"type={record.value}: {reason}",
    )
