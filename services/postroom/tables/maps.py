"""A list of tables (``virtual_alias_maps`` and the like), searched in its order."""

from collections.abc import Iterable

from postroom.tables.opening import open_table
from postroom.tables.table import Table


class Maps:
    """The first table that knows the key answers; one that fails ends the search."""

    def __init__(self, names: Iterable[str]) -> None:
        self.tables: tuple[Table, ...] = tuple(open_table(name) for name in names)

    def __bool__(self) -> bool:
        return bool(self.tables)

    def lookup(self, key: str) -> str | None:
        """Raises TableError: a table further on may not overrule one that is away."""
        for table in self.tables:
            value = table.lookup(key)
            if value is not None:
                return value
        return None
