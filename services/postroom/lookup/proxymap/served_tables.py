"""The tables that may be asked for, opened when they are."""

from collections.abc import Iterable

from postroom.tables.opening import is_table_name, open_later
from postroom.tables.table import Table

_PROXY = "proxy:"


class NotServed(Exception):
    """The configuration names no such table."""


class ServedTables:
    """Words of ``allowed`` that are no tables (host names, say) are passed over."""

    def __init__(self, allowed: Iterable[str]) -> None:
        plain = (name.removeprefix(_PROXY) for name in allowed)
        self._allowed = frozenset(name for name in plain if is_table_name(name))
        self._open: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """The one handle of a table; raises NotServed."""
        name = name.removeprefix(_PROXY)
        if name not in self._allowed:
            raise NotServed(name)
        if name not in self._open:
            self._open[name] = open_later(name)
        return self._open[name]
