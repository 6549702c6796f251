"""A table as the clients have it, who see no files."""

from postroom.config.table_types import is_self_contained
from postroom.tables import TableError
from postroom.tables.opening import open_directly
from postroom.tables.proxied import ProxiedTable
from postroom.tables.table import BrokenTable, Table


def opened(name: str) -> Table:
    """What needs no file is here; proxymap(8) has the others."""
    try:
        return open_directly(name) if is_self_contained(name) else ProxiedTable(name)
    except TableError as error:
        return BrokenTable(name, str(error))
