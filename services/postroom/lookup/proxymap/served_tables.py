"""The tables that may be asked for, opened when they are."""

from collections.abc import Iterable

from postroom.config import table_types
from postroom.tables.credential import is_newer, place_of_query
from postroom.tables.opening import open_directly
from postroom.tables.table import BrokenTable, Table, TableError

_PROXY = "proxy:"


class NotServed(Exception):
    """The configuration names no such table."""


class ServedTables:
    """Tables within the tables of ``allowed`` are served as well; other words are passed over.

    ``max_reply``: socketmap_max_reply_size, or None for its default.
    """

    def __init__(self, allowed: Iterable[str], max_reply: int | None = None) -> None:
        self._max_reply = max_reply
        self._allowed = frozenset(
            f"{kind}:{name}" for word in allowed for kind, name in table_types.with_members(word)
        )
        self._open: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """The one handle of a table; raises NotServed."""
        found = self._open.get(name)
        if found is None:
            plain = name.removeprefix(_PROXY)
            if plain not in self._allowed:
                raise NotServed(plain)
            found = self._open.get(plain) or _opened(plain, self._max_reply)
            self._open[name] = self._open[plain] = found
        return found


def file_changed(table: Table) -> bool:
    """Whether the file that says how a server is asked is no longer the one we were given."""
    kind, _, name = table.name.partition(":")
    return kind in table_types.QUERIES and is_newer(place_of_query(name))


def _opened(name: str, max_reply: int | None) -> Table:
    """A name that can never work fails when it is asked for, as a file that is missing does."""
    try:
        return open_directly(name, max_reply=max_reply)
    except TableError as error:
        return BrokenTable(name, str(error))
