"""Lookup tables (DATABASE_README): a file per type, one interface, ``type:name`` as in main.cf.

A table that cannot be read raises TableError, which always means "try again later": nothing
may be concluded about the key. Tables notice within a second when their file was changed.

Types: hash, btree and cdb (one format, see ``indexed``), texthash, static, inline, cidr,
regexp, pcre, unix, fail. ``proxy:type:name`` names the same table as ``type:name``: whoever
has no files asks proxymap(8) instead of opening it.
"""

from postroom.tables.maps import Maps
from postroom.tables.opening import open_table
from postroom.tables.table import Table, TableError

__all__ = ["Maps", "Table", "TableError", "open_table"]
