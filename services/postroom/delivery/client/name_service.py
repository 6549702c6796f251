"""Ask the dns component, and say in Postfix's words what it could not find."""

import asyncio
from collections.abc import Collection, Sequence
from typing import NamedTuple

from postroom.contracts import dns
from postroom.contracts.dns import RecordType
from postroom.mail.status import StatusCode
from postroom.tables.filtered_names import FilteredNames, Withheld

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


class NameService:
    """``types`` are the address types to ask for; ``use_dns`` and ``native``: smtp_host_lookup.

    Without ``mail_exchangers`` every domain is its own (disable_dns_lookups). ``options`` say
    which names of hosts need not be complete (smtp_dns_resolver_options); domains always are.
    """

    def __init__(
        self,
        names: FilteredNames,
        types: Sequence[RecordType],
        *,
        mail_exchangers: bool,
        use_dns: bool,
        native: bool,
        options: Collection[str] = (),
    ) -> None:
        self._names = names
        self._types = types
        self._mail_exchangers = mail_exchangers
        self._use_dns = use_dns
        self._native = native
        self._default_domain = "res_defnames" in options
        self._search = "res_dnsrch" in options

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
        answer = await self._names.ask(question)
        if isinstance(answer, Withheld):
            raise _withheld(answer, question.record)
        if isinstance(answer, dns.TryAgain):
            raise _failure("4.4.3", question.name, question.record, _TRY_AGAIN)
        if isinstance(answer, dns.Answer):
            return Found(answer.records, answer.secure)
        return Found()

    async def tlsa(self, host: str, port: int) -> Found | None:
        """The records of a server (RFC 6698 section 3); None if they cannot be known now."""
        answer = await self._names.ask(dns.Lookup(f"_{port}._tcp.{host}", RecordType.TLSA))
        if isinstance(answer, dns.TryAgain | Withheld):
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
        questions = [
            dns.Lookup(host, kind, native, self._default_domain, self._search)
            for kind in self._types
        ]
        answers = await asyncio.gather(*map(self._names.ask, questions))
        found = [
            Address(record.data, answer.secure, answer.canonical)
            for answer in answers
            if isinstance(answer, dns.Answer)
            for record in answer.records
        ]
        if found:
            return found
        for question, answer in zip(questions, answers, strict=True):
            if isinstance(answer, Withheld):
                raise _withheld(answer, question.record)
        if any(isinstance(answer, dns.TryAgain) for answer in answers):
            raise _failure("4.4.3", host, self._types[-1], _TRY_AGAIN)
        missing = isinstance(answers[-1], dns.NoSuchName)
        raise _failure("5.4.4", host, self._types[-1], _NOT_FOUND if missing else _NO_DATA)


def _failure(code: StatusCode, name: str, record: RecordType, reason: str) -> NoRoute:
    return NoRoute(
        code,
        f"Host or domain name not found. Name service error for name={name} "
        f"type={record.value}: {reason}",
    )


def _withheld(answer: Withheld, record: RecordType) -> NoRoute:
    """main.cf: smtp_dns_reply_filter."""
    about = f"Error looking up name={answer.owner} type={record.value}"
    if answer.unsure:
        return NoRoute("4.4.3", f"{about}: Invalid DNS reply filter syntax")
    return NoRoute("4.7.0", f"{about}: DNS reply filter drops all results")
