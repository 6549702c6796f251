"""inline:{key=value, {key = text with spaces}} tables: entries in main.cf itself."""

import logging
from collections.abc import Iterator

from postroom.tables.braced_name import words
from postroom.tables.folding import Fold, fold
from postroom.tables.table import ListedTable, TableError

_log = logging.getLogger(__name__)


class InlineTable(ListedTable):
    """Raises TableError when made from a text that is no list of entries."""

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding
        text = name.partition(":")[2]
        if not text.startswith("{"):
            raise TableError(f"{name}: expected format: inline:{{key=value, {{key = text}}, ...}}")
        self._values: dict[str, str] = {}
        for entry in words(text):
            key, value = self._entry(entry)
            if key in self._values:
                _log.warning('%s: duplicate entry: "%s"', name, key)
            self._values.setdefault(key, value)
        if not self._values:
            raise TableError(f"{name}: empty table")

    def lookup(self, key: str) -> str | None:
        return self._values.get(self._fold(key))

    def items(self) -> Iterator[tuple[str, str]]:
        yield from self._values.items()

    def _entry(self, text: str) -> tuple[str, str]:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise TableError(f"{self.name}: {text!r}: expected format: key=value")
        return self._fold(key.strip()), value.strip()
