"""Types of lookup tables: those Postroom opens, and those only Postfix has."""

from collections.abc import Iterator

from postroom.config.braces import UnbalancedBraces, split_words, unbraced

INDEX_SUFFIXES = {"btree": ".cdb", "cdb": ".cdb", "hash": ".cdb", "lmdb": ".lmdb"}
"""Kept in FILE with that suffix, which postmap(1) or postalias(1) builds from FILE."""

SOURCES = frozenset(("cidr", "pcre", "regexp", "texthash"))
"""Read from FILE itself."""

QUERIES = frozenset(("ldap", "memcache", "mysql", "pgsql", "sqlite"))
"""FILE says which server or database is asked, and how: for proxymap(8) alone."""

SERVED = QUERIES | {"socketmap", "tcp"}
"""What proxymap(8) alone opens."""

WITHOUT_FILE = frozenset(
    ("environ", "fail", "inline", "randmap", "socketmap", "static", "tcp", "unix")
)

COMPOSED = frozenset(("debug", "pipemap", "unionmap"))
"""Made of other tables, whose names are within theirs."""

RULES = frozenset(("cidr", "pcre", "regexp"))
"""Lists of rules, in FILE or within braces in the name itself."""

PATTERNS = frozenset(("cidr", "pcre", "randmap", "regexp", "socketmap", "tcp"))
"""See whole keys as they are written, never parts of an address (DATABASE_README)."""

PROXY = "proxy:"
"""Stands before a table that proxymap(8) opens for others."""

TYPES = frozenset(INDEX_SUFFIXES) | SOURCES | QUERIES | WITHOUT_FILE | COMPOSED

NOT_YET = frozenset(["dbm", "internal", "mongodb", "nis", "nisplus", "sdbm"])
"""Types of Postfix's that Postroom cannot open."""


def split(word: str) -> tuple[str, str] | None:
    """Type and name of a word that names a table, by whichever program; None for other words."""
    kind, colon, name = word.lstrip("!").removeprefix(PROXY).partition(":")
    return (kind, name) if colon and (kind in TYPES or kind in NOT_YET) else None


def is_pattern(table: str) -> bool:
    """Whether the table called ``type:name`` is one of patterns."""
    return table.removeprefix(PROXY).partition(":")[0] in PATTERNS


def is_inline(kind: str, name: str) -> bool:
    """Whether a table's rules stand in its name."""
    return kind in RULES and name.startswith("{")


def is_self_contained(table: str) -> bool:
    """Whether all that is in the table called ``type:name`` stands in its name."""
    kind, _, name = table.removeprefix(PROXY).partition(":")
    return kind in ("fail", "inline", "static") or is_inline(kind, name)


def members(kind: str, name: str) -> list[str]:
    """The tables that a table of one of COMPOSED is made of, as they are written in its name."""
    if kind == "debug":
        return [name]
    try:
        return split_words(unbraced(name))
    except UnbalancedBraces:
        return [name]  # no table, which will be said of it


def with_members(word: str) -> Iterator[tuple[str, str]]:
    """Type and name of the table that a word names, and of all within it; nothing for others."""
    table = split(word)
    if table is not None:
        yield table
        if table[0] in COMPOSED:
            for member in members(*table):
                yield from with_members(member)
