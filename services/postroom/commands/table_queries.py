"""Look into tables: ``-q key``, ``-q -`` and ``-s`` of postmap(1) and postalias(1)."""

from collections.abc import Iterable

from postroom.tables import Table, TableError, open_table
from postroom.tables.indexed import INDEXED_TYPES, IndexedTable
from postroom.tables.table import ListedTable


def opened(name: str, *, fold: bool) -> Table:
    """Only an index can be asked for keys in the case they are written (-f)."""
    if name.partition(":")[0] in INDEXED_TYPES:
        return IndexedTable(name, folding=fold)
    return open_table(name)


def query(tables: Iterable[Table], key: str) -> bool:
    """Print the first table's value; whether one had the key."""
    value = _first(tables, key)
    if value is not None:
        print(value)
    return value is not None


def query_many(tables: Iterable[Table], keys: Iterable[str]) -> bool:
    """Print key and value of each key (one a line) that is found; whether any was."""
    tables = tuple(tables)
    found = False
    for line in keys:
        key = line.rstrip("\n")
        value = _first(tables, key)
        if value is not None:
            print(f"{key}\t{value}")
            found = True
    return found


def list_all(tables: Iterable[Table]) -> None:
    """Print every entry; raises TableError for a type that cannot tell its entries."""
    for table in tables:
        if not isinstance(table, ListedTable):
            raise TableError(f"table {table.name}: sequence operation is not supported")
        for key, value in table.items():
            print(f"{key}\t{value}")


def _first(tables: Iterable[Table], key: str) -> str | None:
    return next((v for table in tables if (v := table.lookup(key)) is not None), None)
