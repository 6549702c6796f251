"""Types of lookup tables: those Postroom opens, and those only Postfix has."""

INDEXED = frozenset(("btree", "cdb", "hash"))
"""Kept in ``FILE.cdb``, which postmap(1) or postalias(1) builds from FILE."""

INDEX_SUFFIX = ".cdb"

SOURCES = frozenset(("cidr", "pcre", "regexp", "texthash"))
"""Read from FILE itself."""

WITHOUT_FILE = frozenset(("fail", "inline", "static", "unix"))

PROXY = "proxy:"
"""Stands before a table that proxymap(8) opens for others."""

TYPES = INDEXED | SOURCES | WITHOUT_FILE

NOT_YET = frozenset(
    [
        "dbm",
        "environ",
        "internal",
        "ldap",
        "lmdb",
        "memcache",
        "mongodb",
        "mysql",
        "nis",
        "nisplus",
        "pgsql",
        "pipemap",
        "randmap",
        "sdbm",
        "socketmap",
        "sqlite",
        "tcp",
        "unionmap",
    ]
)
"""Types of Postfix's that Postroom cannot open."""


def split(word: str) -> tuple[str, str] | None:
    """Type and name of a word that names a table, by whichever program; None for other words."""
    kind, colon, name = word.lstrip("!").removeprefix(PROXY).partition(":")
    return (kind, name) if colon and (kind in TYPES or kind in NOT_YET) else None
