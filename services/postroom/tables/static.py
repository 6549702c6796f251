"""static:value tables: every key has the same value (DATABASE_README).

``static:{ text with spaces }`` has its outer braces and the space within them taken off.
"""

from postroom.tables.braced_name import inside
from postroom.tables.table import Table, TableError


class StaticTable(Table):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        try:
            self._value = inside(name.partition(":")[2])
        except TableError as error:
            raise TableError(f"bad static:name syntax: {error}") from None

    def lookup(self, key: str) -> str | None:
        return self._value
