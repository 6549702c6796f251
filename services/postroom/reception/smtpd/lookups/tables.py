"""Look keys up in the tables that main.cf names, through proxymap."""

from postroom.config.table_types import is_pattern
from postroom.contracts.proxymap import Found, Lookup, TryAgain
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.address import Extensions
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.memory import ShortMemory
from postroom.rewriting.address_keys import user_keys

# The contract's bound; no address or host name comes near it.
MAX_KEY = 2048


class Tables:
    """Searches one table, or several in order; raises LookupFailed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: ShortMemory[str | bool] = ShortMemory()

    async def find(self, table: str, key: str) -> str | None:
        if not is_pattern(table):
            key = key.lower()
        memory_key = f"{table}\n{key}"
        known = self._known.get(memory_key)
        if known is None:
            known = await self._ask(table, key)
            self._known.put(memory_key, known)
        return known if isinstance(known, str) else None

    async def find_first(self, tables: tuple[str, ...], key: str) -> str | None:
        """What the first of the tables that knows ``key`` has for it."""
        for table in tables:
            value = await self.find(table, key)
            if value is not None:
                return value
        return None

    async def find_address(
        self, tables: tuple[str, ...], address: str, extensions: Extensions, *, local: bool
    ) -> str | None:
        """Search for an address as Postfix does for canonical(5), virtual(5) and recipients.

        user+ext@domain, user@domain, then for our own domains (``local``) user+ext, user, and at
        last @domain: each in all tables, but patterns match the whole address only.
        """
        for key in user_keys(address, extensions, ours=local):
            for table in tables:
                if key.part and is_pattern(table):
                    continue
                value = await self.find(table, key.text)
                if value is not None:
                    return value
        return None

    async def _ask(self, table: str, key: str) -> str | bool:
        """The value, or False: not there, as every key that is too long for a question."""
        if len(key) > MAX_KEY:
            return False
        try:
            answer = await self._client.ask(Lookup(table, key))
        except Unavailable as error:
            raise LookupFailed(f"{table} lookup error: {error}") from None
        if isinstance(answer, TryAgain):
            raise LookupFailed(f"{table} lookup error: {answer.reason}")
        return answer.value if isinstance(answer, Found) else False
