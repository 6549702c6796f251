"""Lists of clients in main.cf: mynetworks, and clients that are excepted from something."""

from postroom.mail.envelope import Client
from postroom.reception.smtpd.lookups.memory import ShortMemory
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.tables.match_list import NetworkList


class ClientList:
    """By name, network or table; whom it has is remembered for a second."""

    def __init__(self, patterns: NetworkList, tables: Tables) -> None:
        self._patterns = patterns
        self._tables = tables
        self._known: ShortMemory[bool] = ShortMemory()

    async def has(self, client: Client) -> bool:
        """Raises LookupFailed."""
        key = f"{client.name} {client.address}"
        known = self._known.get(key)
        if known is None:
            find = self._tables.find
            known = await self._patterns.match_with(client.name, find, client.address)
            self._known.put(key, known)
        return known
