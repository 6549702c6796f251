"""static:value tables: every key has the same value (DATABASE_README).

``static:{ text with spaces }`` has its outer braces and the space within them taken off.
"""

from postroom.tables.braced_name import inside
from postroom.tables.table import Table


class StaticTable(Table):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._value = inside(name.partition(":")[2])

    def lookup(self, key: str) -> str | None:
        return self._value
