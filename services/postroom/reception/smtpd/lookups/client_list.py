"""Lists of clients in main.cf: mynetworks, and clients that are excepted from something."""

from collections.abc import Collection

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


class ClientLists:
    """Opens the lists of main.cf. A domain in one stands for its subdomains where the list is in
    ``with_subdomains`` (parent_domain_matches_subdomains)."""

    def __init__(self, tables: Tables, with_subdomains: Collection[str]) -> None:
        self._tables = tables
        self._with_subdomains = with_subdomains

    def open(self, name: str, patterns: tuple[str, ...]) -> ClientList:
        """A list that is a part of another's default goes by that one's ``name``."""
        networks = NetworkList(patterns, parents=name in self._with_subdomains)
        return ClientList(networks, self._tables)

    def open_authorized(self, patterns: tuple[str, ...]) -> ClientList | None:
        """Who may do what others may not (smtpd_authorized_…): a domain is itself alone, always.

        None where nobody may, so that nobody need be looked for.
        """
        return self.open("", patterns) if patterns else None
