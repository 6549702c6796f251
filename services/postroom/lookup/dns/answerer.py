"""Answer the questions of the contract: the hosts file where asked for, else the name servers."""

import ipaddress
from typing import Any

from postroom.contracts.dns import Answer, Lookup, NoSuchName, Record, RecordType
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller
from postroom.lookup.dns.hosts_file import LOCALHOST, Hosts
from postroom.lookup.dns.idna import ascii_name
from postroom.lookup.dns.reading import Result
from postroom.lookup.dns.searching import Search
from postroom.lookup.dns.watched_file import WatchedFile

# hosts(5) knows no time to live; the file is read again at once when it changes.
_HOSTS_TTL = 0
_ADDRESS_VERSION = {RecordType.A: 4, RecordType.AAAA: 6}


class NameAnswerer:
    """Stands at the socket ``dns``. ``transitional``: see ``ascii_name``."""

    def __init__(
        self, search: Search, hosts: WatchedFile[Hosts], *, transitional: bool = False
    ) -> None:
        self._search = search
        self._hosts = hosts
        self._transitional = transitional

    def answerer_for(self, _: Caller) -> Answerer:
        return self._answer

    async def _answer(self, question: Question[Any], _: list[int]) -> Result:
        assert isinstance(question, Lookup)
        try:
            name = ascii_name(question.name.lower(), transitional=self._transitional)
        except UnicodeError:
            return NoSuchName()
        name = name.removesuffix(".")
        if question.record is RecordType.PTR and _is_address(name):
            return await self._name_of(name, question)
        version = _ADDRESS_VERSION.get(question.record)
        if version is not None:
            local = self._local(name, version, native=question.native)
            if local is not None:
                return local
        return await self._search.resolve(name, question)

    async def _name_of(self, address: str, question: Lookup) -> Result:
        canonical = ipaddress.ip_address(address)
        name = self._hosts.value.names.get(str(canonical)) if question.native else None
        if name is not None:
            return Answer((Record(name),), _HOSTS_TTL)
        return await self._search.resolve(canonical.reverse_pointer, question)

    def _local(self, name: str, version: int, *, native: bool) -> Result | None:
        """What this machine knows by itself of the addresses of a name."""
        if name == "localhost" or name.endswith(".localhost"):
            found: tuple[str, ...] = LOCALHOST
        elif _is_address(name):
            return NoSuchName()
        else:
            found = self._hosts.value.addresses.get(name, ()) if native else ()
        records = [
            Record(address) for address in found if ipaddress.ip_address(address).version == version
        ]
        return Answer(tuple(records), _HOSTS_TTL) if records else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
