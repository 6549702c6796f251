"""Find out what a client is called: reverse DNS, believed only if it leads back."""

import asyncio
import socket
from typing import NamedTuple

from postroom.contracts.dns import RecordType
from postroom.mail.envelope import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.names import Names, Presence

UNKNOWN = "unknown"
# A client waits for its greeting meanwhile, and has more patience than this.
LOOKUP_SECONDS = 30.0
# Names are kept this long: a busy client connects often, and DNS has a cache of its own.
MEMORY_SECONDS = 30.0
MAX_MEMORY = 10_000
# What every hosts(5) has; a machine may have other names for the rest of 127.0.0.0/8.
_LOCALHOST = frozenset({"127.0.0.1", "::1"})


class ClientName(NamedTuple):
    """``reverse`` is the name nobody confirmed; ``unsure``: a lookup failed for now."""

    name: str = UNKNOWN
    reverse: str = UNKNOWN
    unsure: bool = False


class ClientNames:
    """Names of clients; ``enabled`` is main.cf's smtpd_peername_lookup."""

    def __init__(self, names: Names, log: SmtpdLog, *, enabled: bool) -> None:
        self._names = names
        self._log = log
        self._enabled = enabled
        self._known: dict[str, tuple[float, ClientName]] = {}

    async def of(self, address: str) -> ClientName:
        if not self._enabled:
            return ClientName()
        if address in _LOCALHOST:
            return ClientName("localhost", "localhost")
        now = asyncio.get_running_loop().time()
        until, name = self._known.get(address, (0.0, ClientName()))
        if now >= until:
            name = await self._bounded(address)
            if len(self._known) >= MAX_MEMORY:
                self._known.clear()
            if not name.unsure:
                self._known[address] = (now + MEMORY_SECONDS, name)
        return name

    async def _bounded(self, address: str) -> ClientName:
        search = asyncio.ensure_future(self._search(address))
        done, _ = await asyncio.wait({search}, timeout=LOOKUP_SECONDS)
        if not done:
            search.cancel()
            return ClientName(unsure=True)
        return search.result()

    async def _search(self, address: str) -> ClientName:
        reverse = await self._names.records(address, RecordType.PTR, native=True)
        if not isinstance(reverse, tuple) or not reverse[0]:
            return ClientName(unsure=reverse is Presence.UNSURE)
        name = reverse[0]
        record = RecordType.AAAA if ":" in address else RecordType.A
        addresses = await self._names.records(name, record, native=True)
        if isinstance(addresses, tuple) and _packed(address) in map(_packed, addresses):
            return ClientName(name, name)
        self._log.false_name(name, Client(address=address))
        return ClientName(reverse=name, unsure=addresses is Presence.UNSURE)


def _packed(address: str) -> bytes:
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    except OSError:
        return b""
