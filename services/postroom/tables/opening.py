"""From ``type:name`` to a table; only the types in use are imported."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from importlib import import_module

from postroom.tables.folding import Fold, fold
from postroom.tables.table import BrokenTable, Table, TableError

# Module and class of each type. hash and btree are kept as cdb (see ``indexed``).
TYPES = {
    "btree": ("indexed", "IndexedTable"),
    "cdb": ("indexed", "IndexedTable"),
    "cidr": ("cidr", "CidrTable"),
    "debug": ("debug", "DebugTable"),
    "environ": ("environ", "EnvironTable"),
    "fail": ("fail", "FailTable"),
    "hash": ("indexed", "IndexedTable"),
    "inline": ("inline", "InlineTable"),
    "ldap": ("servers.ldap_table", "LdapTable"),
    "lmdb": ("indexed", "IndexedTable"),
    "memcache": ("servers.memcache_table", "MemcacheTable"),
    "mysql": ("servers.mysql_table", "MysqlTable"),
    "pcre": ("pattern", "PcreTable"),
    "pgsql": ("servers.pgsql_table", "PgsqlTable"),
    "pipemap": ("composed", "PipeTable"),
    "randmap": ("randmap", "RandomTable"),
    "regexp": ("pattern", "RegexpTable"),
    "socketmap": ("servers.socketmap", "SocketmapTable"),
    "sqlite": ("servers.sqlite_table", "SqliteTable"),
    "static": ("static", "StaticTable"),
    "tcp": ("servers.tcp", "TcpTable"),
    "texthash": ("texthash", "TexthashTable"),
    "unionmap": ("composed", "UnionTable"),
    "unix": ("unix", "UnixTable"),
}
PATTERNS = frozenset({"pcre", "regexp"})
# Made of other tables, which their classes have opened for them.
COMPOSED = frozenset({"debug", "pipemap", "unionmap"})
# What needs the network, a password or a library that few have: proxymap(8) alone opens them.
SERVED = frozenset({"ldap", "memcache", "mysql", "pgsql", "socketmap", "sqlite", "tcp"})
# Whose keys have no case unless the caller wants it.
FOLDED = frozenset(
    {"btree", "cdb", "environ", "hash", "inline", "ldap", "lmdb", "memcache", "mysql", "pgsql"}
    | {"sqlite", "texthash"}
)
SOCKETMAP = "socketmap"
_PROXY = "proxy:"
# Set by whoever only wants to know what would happen, and so watches all tables (explanation).
OPENER: ContextVar[Callable[[str, bool], Table] | None] = ContextVar("OPENER", default=None)


def open_table(name: str, constant: bool = False) -> Table:
    """The table ``type:name`` as a component has it: proxymap(8) is asked for those of servers.

    Raises TableError only for a name that can never work. A missing or unreadable file shows
    when the table is asked, so that it may still appear. ``constant``: see PatternTable.
    """
    opener = OPENER.get()
    return _open(name, True, constant) if opener is None else opener(name, constant)


def open_directly(
    name: str, folding: Fold = fold, *, constant: bool = False, max_reply: int | None = None
) -> Table:
    """As ``open_table``, for proxymap(8) itself and for commands: with all in this process.

    ``max_reply``: socketmap_max_reply_size, or None for its default.
    """
    return _open(name, False, constant, folding, max_reply)


def open_later(name: str, constant: bool = False) -> Table:
    """As ``open_table``, but a name that can never work fails only when it is asked."""
    try:
        return open_table(name, constant)
    except TableError as error:
        return BrokenTable(name, str(error))


def _open(
    name: str,
    served: bool,
    constant: bool,
    folding: Fold = fold,
    max_reply: int | None = None,
) -> Table:
    kind, table_name = split_name(name)
    if kind not in TYPES:
        raise TableError(f"unsupported dictionary type: {kind}")
    plain = f"{kind}:{table_name}"
    if served and kind in SERVED:
        return _class("proxied", "ProxiedTable")(plain)
    if kind == SOCKETMAP:
        return _class(*TYPES[kind])(plain, max_reply)
    if kind in COMPOSED:
        opened = partial(
            _open, served=served, constant=constant, folding=folding, max_reply=max_reply
        )
        return _class(*TYPES[kind])(plain, opened)
    if kind in PATTERNS:
        return _class(*TYPES[kind])(plain, constant=constant)
    if kind in FOLDED:
        return _class(*TYPES[kind])(plain, folding)
    return _class(*TYPES[kind])(plain)


def _class(module: str, name: str) -> Callable[..., Table]:
    try:
        found: Callable[..., Table] = getattr(import_module(f"postroom.tables.{module}"), name)
    except ModuleNotFoundError as error:
        raise TableError(f"this type of table needs Python's {error.name}") from None
    return found


def split_name(name: str) -> tuple[str, str]:
    """Type and name; what stands behind ``proxy:`` is the table itself."""
    kind, colon, table_name = name.removeprefix(_PROXY).partition(":")
    if not kind or not colon or not table_name:
        raise TableError(f'open dictionary: expecting "type:name" form instead of "{name}"')
    return kind, table_name
