"""Tables by the names that main.cf has for them, and what follows when one cannot be read."""

from typing import Final, NamedTuple

from postroom.cleanup.refusal import LOOKUP_PROBLEM, Refusal
from postroom.maillog.cleanup import CleanupLog
from postroom.rewriting.address_lookup import AddressLookup
from postroom.tables import Maps, TableError


class NamedMaps(NamedTuple):
    """Tables, and what main.cf calls them; ``propagate``: unmatched extensions are carried on."""

    parameter: str
    maps: Maps
    propagate: bool = False


class Lookup:
    def __init__(self, lookup: AddressLookup, log: CleanupLog) -> None:
        self._lookup: Final = lookup
        self._log: Final = log

    async def find(self, tables: NamedMaps, address: str) -> list[str] | None:
        """The addresses a table gives for ``address``, not yet put in form; None if it has none.

        Raises Refusal where a table cannot be read or holds what is no address.
        """
        try:
            return await self._lookup.find(tables.maps, address, propagate=tables.propagate)
        except TableError as error:
            self._log.table_problem(tables.parameter, address, str(error))
            raise Refusal(LOOKUP_PROBLEM) from None
