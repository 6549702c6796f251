"""inline:{key=value, {key = text with spaces}} tables: entries in main.cf itself."""

import re
from collections.abc import Iterator

from postroom.tables.braced_name import words
from postroom.tables.folding import Fold, fold
from postroom.tables.table import ListedTable, TableError

# Only within quotes a key has blanks.
_ENTRY = re.compile(r'((?:"(?:\\.|[^"\\])*"|\\.|[^\s"=\\])*)\s*=(.*)', re.DOTALL)
_FORM = '"{}"; need "inline:{{name=value...}}"'


class InlineTable(ListedTable):
    """Raises TableError when made from a text that is no list of entries.

    Of two entries for a key the last one counts, as in Postfix.
    """

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding
        text = name.partition(":")[2]
        if not text.startswith("{") or not text.endswith("}") or text == "{}":
            raise TableError(f"bad syntax: {_FORM.format(name)}")
        self._values = dict(map(self._entry, words(text)))
        if not self._values:
            raise TableError(f"empty table: {_FORM.format(name)}")

    def lookup(self, key: str) -> str | None:
        return self._values.get(self._fold(key))

    def items(self) -> Iterator[tuple[str, str]]:
        yield from self._values.items()

    def _entry(self, text: str) -> tuple[str, str]:
        entry = _ENTRY.fullmatch(text)
        if entry is None:
            form = _FORM.format(self.name)
            raise TableError(f"missing '=' after attribute name: {form}")
        return self._fold(entry[1]), entry[2].strip()
