"""From ``type:name`` to a table; only the types in use are imported."""

from importlib import import_module

from postroom.tables.table import BrokenTable, Table, TableError

# Module and class of each type. hash and btree are kept in the one format of ``indexed``.
TYPES = {
    "btree": ("indexed", "IndexedTable"),
    "cdb": ("indexed", "IndexedTable"),
    "cidr": ("cidr", "CidrTable"),
    "fail": ("fail", "FailTable"),
    "hash": ("indexed", "IndexedTable"),
    "inline": ("inline", "InlineTable"),
    "pcre": ("pattern", "PcreTable"),
    "regexp": ("pattern", "RegexpTable"),
    "static": ("static", "StaticTable"),
    "texthash": ("texthash", "TexthashTable"),
    "unix": ("unix", "UnixTable"),
}
_PROXY = "proxy:"


def open_table(name: str) -> Table:
    """The table ``type:name``. Raises TableError only for a name that can never work.

    A missing or unreadable file shows when the table is asked, so that it may still appear.
    """
    kind, table_name = split_name(name)
    if kind not in TYPES:
        raise TableError(f"unsupported dictionary type: {kind} (in {name!r})")
    module, class_name = TYPES[kind]
    table_type = getattr(import_module(f"postroom.tables.{module}"), class_name)
    table: Table = table_type(f"{kind}:{table_name}")
    return table


def open_later(name: str) -> Table:
    """As ``open_table``, but a name that can never work fails only when it is asked."""
    try:
        return open_table(name)
    except TableError as error:
        return BrokenTable(name, str(error))


def split_name(name: str) -> tuple[str, str]:
    """Type and name; what stands behind ``proxy:`` is the table itself."""
    kind, colon, table_name = name.removeprefix(_PROXY).partition(":")
    if not colon or not table_name:
        raise TableError(f'open dictionary: expecting "type:name" form instead of "{name}"')
    return kind, table_name


def is_table_name(text: str) -> bool:
    """Whether a word of a parameter names a table of a type we have."""
    kind, colon, table_name = text.removeprefix(_PROXY).partition(":")
    return bool(colon and table_name) and kind in TYPES
