"""hash:, btree:, cdb: and lmdb: tables, which postmap(1) makes from their source.

hash and btree are kept as cdb: Berkeley DB's files are not read. A value that is no UTF-8
cannot be told from a broken file and is an error.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from postroom.tables.credential import readable
from postroom.tables.folding import Fold, fold
from postroom.tables.index_format import CorruptFile, Index, index_format
from postroom.tables.refreshed import Refreshed
from postroom.tables.table import ListedTable, TableError

_NUL = b"\0"
_log = logging.getLogger(__name__)


class IndexedTable(ListedTable):
    """Looks keys up in the index.

    Keys and values may end with NUL, as those who made the file had it; which of both it is
    shows with the first key that is found.
    """

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        kind, _, source = name.partition(":")
        self._format = index_format(kind)
        self._source = Path(source)
        self._path = readable(source + self._format.suffix)
        self._fold = folding
        self._ends: tuple[bytes, ...] = ()
        self._index = Refreshed(self._path, self._open, f"postmap {name}")

    def lookup(self, key: str) -> str | None:
        index = self._index.current()
        try:
            return self._found(index, self._fold(key).encode())
        except UnicodeEncodeError:
            return None  # a key that no UTF-8 file can hold
        except UnicodeDecodeError:
            raise TableError(f"{self._path}: non-UTF-8 value for key {key!r}") from None
        except (CorruptFile, OSError) as error:
            raise self._broken(error) from error

    def items(self) -> Iterator[tuple[str, str]]:
        try:
            for key, value in self._index.current().items():
                yield _text(key), _text(value)
        except (CorruptFile, OSError) as error:
            raise self._broken(error) from error

    def _found(self, index: Index, key: bytes) -> str | None:
        for end in self._ends:
            value = index.get(key + end)
            if value is not None:
                self._ends = (end,)
                return value.removesuffix(end).decode()
        return None

    def _open(self, descriptor: int) -> Index:
        try:
            index = self._format.open(descriptor)
        except CorruptFile as error:
            raise self._broken(error) from error
        self._ends = (_NUL, b"")
        self._warn_if_stale(descriptor)
        return index

    def _broken(self, error: Exception) -> TableError:
        kind = self._format.suffix[1:]
        return TableError(
            f"{self._path}: not a usable {kind} file: {error} (run: postmap {self.name})"
        )

    def _warn_if_stale(self, descriptor: int) -> None:
        try:
            stale = self._source.stat().st_mtime > os.fstat(descriptor).st_mtime
        except OSError:
            return  # an index may live without its source
        if stale:
            _log.warning("database %s is older than source file %s", self._path, self._source)


def _text(data: bytes) -> str:
    return data.removesuffix(_NUL).decode("utf-8", "backslashreplace")
