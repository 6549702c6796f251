"""Tables made of other tables: ``unionmap:{type:name, …}`` and ``pipemap:{type:name, …}``."""

from collections.abc import Callable

from postroom.config.braces import split_words
from postroom.tables.braced_name import inside
from postroom.tables.table import Table, TableError

Open = Callable[[str], Table]


def _members(name: str) -> list[str]:
    """What stands within the braces; raises TableError where nothing does."""
    kind, _, text = name.partition(":")
    found = split_words(inside(text)) if text.startswith("{") else []
    if not found:
        raise TableError(f'bad syntax: "{name}"; need "{kind}:{{type:name...}}"')
    return found


class _ComposedTable(Table):
    """``open_member`` opens the tables within; one that never works breaks the whole."""

    def __init__(self, name: str, open_member: Open) -> None:
        super().__init__(name)
        self._members = tuple(map(open_member, _members(name)))
        self.slow = any(member.slow for member in self._members)
        self.fixed_keys = any(member.fixed_keys for member in self._members)


class UnionTable(_ComposedTable):
    """All members' values, with commas between."""

    def lookup(self, key: str) -> str | None:
        found = (member.lookup(key) for member in self._members)
        return ",".join(value for value in found if value is not None) or None


class PipeTable(_ComposedTable):
    """Each member's value is the key for the next; the last one's is the value."""

    def lookup(self, key: str) -> str | None:
        for member in self._members:
            value = member.lookup(key)
            if value is None:
                return None
            key = value
        return key
