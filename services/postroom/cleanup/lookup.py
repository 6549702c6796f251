"""Tables by the names that main.cf has for them, and what follows when one cannot be read."""

from typing import Final, NamedTuple

from postroom.cleanup.refusal import WRITE_PROBLEM, Refusal
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

    async def find(self, queue_id: str, tables: NamedMaps, address: str) -> list[str] | None:
        """The addresses a table gives for ``address``, not yet put in form; None if it has none.

        Raises Refusal where a table cannot be read or holds what is no address.
        """
        try:
            return await self._lookup.find(tables.maps, address, propagate=tables.propagate)
        except TableError as error:
            raise self._refusal(queue_id, tables, error, address) from None

    async def text(self, queue_id: str, tables: NamedMaps, address: str) -> str | None:
        """What a table has for ``address``, as it stands there; raises Refusal."""
        try:
            found = await self._lookup.found(tables.maps, address)
        except TableError as error:
            raise self._refusal(queue_id, tables, error) from None
        return None if found is None else found.value

    def _refusal(
        self, queue_id: str, tables: NamedMaps, error: TableError, address: str = ""
    ) -> Refusal:
        self._log.table_problem(queue_id, tables.parameter, str(error), address)
        return Refusal(WRITE_PROBLEM)
