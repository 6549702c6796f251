"""A list of tables (``virtual_alias_maps`` and the like), searched in its order."""

from collections.abc import Iterable

from postroom.tables.opening import open_later
from postroom.tables.table import Table, TableError


class Maps:
    """The first table that knows the key answers; one that fails ends the search.

    A name that is no table fails when it is asked, like a file that is not there: a service
    with one wrong table goes on with all else.
    """

    def __init__(self, names: Iterable[str], *, constant: bool = False) -> None:
        """``constant``: nothing of a key may become part of a result (tables of patterns)."""
        self.tables: tuple[Table, ...] = tuple(open_later(name, constant) for name in names)

    @classmethod
    def of(cls, tables: Iterable[Table]) -> "Maps":
        """A list of tables that somebody else has opened."""
        maps = cls(())
        maps.tables = tuple(tables)
        return maps

    def __bool__(self) -> bool:
        return bool(self.tables)

    def lookup(self, key: str, *, part: bool = False) -> str | None:
        """Raises TableError: a table further on may not overrule one that is away.

        A ``part`` of an address is not looked up in tables of patterns (regexp_table(5)).
        """
        for table in self.tables:
            if part and not table.fixed_keys:
                continue
            value = table.lookup(key)
            if value is not None:
                return _checked(table, key, value)
        return None

    async def find(self, key: str, *, part: bool = False) -> str | None:
        """As ``lookup``, where the event loop goes on while a server answers."""
        for table in self.tables:
            if part and not table.fixed_keys:
                continue
            value = await table.find(key)
            if value is not None:
                return _checked(table, key, value)
        return None

    @property
    def distant(self) -> bool:
        """Whether it is better to ask many keys at once."""
        return any(table.distant for table in self.tables)

    async def find_each(self, keys: Iterable[str]) -> dict[str, str | None]:
        """As ``find``, of many whole keys."""
        found: dict[str, str | None] = dict.fromkeys(keys)
        for table in self.tables:
            left = [key for key, value in found.items() if value is None]
            for key, value in (await table.find_each(left)).items() if left else ():
                if value is not None:
                    found[key] = _checked(table, key, value)
        return found


def _checked(table: Table, key: str, value: str) -> str:
    """Nobody means an empty result: it is a mistake, and not for us to guess what was meant."""
    if not value:
        raise TableError(f"{table.name} lookup of {key} returns an empty string result")
    return value
