"""texthash: tables: a source file read as it is, no postmap(1) needed; for small tables."""

import logging
from collections.abc import Iterator

from postroom.tables.credential import readable
from postroom.tables.folding import Fold, fold
from postroom.tables.key_value import NO_VALUE, Entry, Flaw, entries
from postroom.tables.refreshed import Refreshed
from postroom.tables.source_file import read_text
from postroom.tables.table import ListedTable

_log = logging.getLogger(__name__)


class TexthashTable(ListedTable):
    """Lines that are no entry are ignored with a warning, as is a key's second entry."""

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding
        self._path = readable(name.partition(":")[2])
        self._values = Refreshed(self._path, self._read)

    def lookup(self, key: str) -> str | None:
        return self._values.current().get(self._fold(key))

    def items(self) -> Iterator[tuple[str, str]]:
        yield from self._values.current().items()

    def _told(self, flaw: Flaw) -> str:
        """In Postfix's words, of which postmap(1) has fewer."""
        told = flaw.told(str(self._path))
        return f"{told} -- ignoring this line" if flaw.text == NO_VALUE else told

    def _read(self, descriptor: int) -> dict[str, str]:
        values: dict[str, str] = {}
        for entry in entries(read_text(descriptor)):
            if not isinstance(entry, Entry):
                _log.warning("%s", self._told(entry))
            elif (key := self._fold(entry.key)) in values:
                _log.warning(
                    '%s, line %d: duplicate entry: "%s"', self._path, entry.number, entry.key
                )
            else:
                values[key] = entry.value
        return values
