"""Lookup tables (DATABASE_README): a file per type, one interface, ``type:name`` as in main.cf.

A table that cannot be read raises TableError, which always means "try again later": nothing
may be concluded about the key. Tables notice within a second when their file was changed.

In files: hash, btree, cdb and lmdb (made by postmap(1), see ``indexed``), texthash, cidr, regexp,
pcre. In their names: inline, static, randmap. Elsewhere: unix, environ. Of other tables:
unionmap, pipemap, debug. At servers (``servers/``): tcp, socketmap, mysql, pgsql, sqlite, ldap,
memcache, which proxymap(8) opens for everybody. For tests: fail. ``proxy:type:name`` is the same
table as ``type:name``.
"""

from postroom.tables.maps import Maps
from postroom.tables.opening import open_table
from postroom.tables.table import Table, TableError

__all__ = ["Maps", "Table", "TableError", "open_table"]
