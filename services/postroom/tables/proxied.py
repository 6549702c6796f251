"""Tables that proxymap(8) opens for others: what needs a server, a password or a network."""

from collections.abc import Sequence

from postroom.config.table_types import is_pattern
from postroom.contracts.proxymap import (
    CONTRACT,
    MAX_CHARACTERS,
    MAX_KEYS,
    Found,
    Lookup,
    LookupEach,
    NotFound,
    TryAgain,
)
from postroom.ipc.blocking import ask
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.systemd.places import socket_path
from postroom.tables.table import Table, TableError

# Seconds: longer than any table waits for its own server.
TIMEOUT = 120.0
# The contract's bound; no address or host name comes near it.
MAX_KEY = 2048


class ProxiedTable(Table):
    """``type:name`` as proxymap has it, who is asked over ``client`` where there is one already."""

    slow = True
    distant = True

    def __init__(self, name: str, client: Client | None = None) -> None:
        super().__init__(name)
        self.fixed_keys = not is_pattern(name)
        self._client = client

    def lookup(self, key: str) -> str | None:
        if len(key) > MAX_KEY:
            return None
        try:
            return self._value(ask(socket_path("proxymap"), CONTRACT, self._question(key), TIMEOUT))
        except Unavailable as error:
            raise TableError(f"{self.name}: {error}") from None

    async def find(self, key: str) -> str | None:
        """As ``lookup``, over a connection that is kept while it is used."""
        if len(key) > MAX_KEY:
            return None
        try:
            return self._value(await self._kept().ask(self._question(key)))
        except Unavailable as error:
            raise TableError(f"{self.name}: {error}") from None

    async def find_each(self, keys: Sequence[str]) -> dict[str, str | None]:
        """As ``find``, with as few questions as there can be."""
        found: dict[str, str | None] = dict.fromkeys(keys)
        left = [key for key in found if len(key) <= MAX_KEY]
        while left:
            portion = _portion(left)
            try:
                answer = await self._kept().ask(LookupEach(self.name, portion))
            except Unavailable as error:
                raise TableError(f"{self.name}: {error}") from None
            if isinstance(answer, TryAgain):
                raise TableError(answer.reason)
            found.update(zip(portion, answer.values, strict=False))
            left = left[len(answer.values) :]
        return found

    def _kept(self) -> Client:
        if self._client is None:
            self._client = Client(socket_path("proxymap"), CONTRACT, timeout=TIMEOUT)
        return self._client

    def _question(self, key: str) -> Lookup:
        return Lookup(self.name, key)

    def _value(self, answer: Found | NotFound | TryAgain) -> str | None:
        if isinstance(answer, TryAgain):
            raise TableError(answer.reason)
        return answer.value if isinstance(answer, Found) else None


def _portion(keys: Sequence[str]) -> tuple[str, ...]:
    """As many as one question holds."""
    room = MAX_CHARACTERS
    for count, key in enumerate(keys[:MAX_KEYS]):
        room -= len(key)
        if room < 0:
            return tuple(keys[:count])
    return tuple(keys[:MAX_KEYS])
