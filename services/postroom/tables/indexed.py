"""hash:, btree: and cdb: tables, built by postmap(1) from their source into ``source.cdb``.

The three names stand for one format (see ``cdb_reader``); Berkeley DB files are not read.
A value that is no UTF-8 cannot be told from a broken file and is an error.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from postroom.tables.cdb_reader import CdbReader, CorruptFile
from postroom.tables.folding import fold
from postroom.tables.refreshed import Refreshed
from postroom.tables.table import ListedTable, TableError

# All of them are one format, and postmap(1) can build them.
INDEXED_TYPES = frozenset({"btree", "cdb", "hash"})
SUFFIX = ".cdb"
_log = logging.getLogger(__name__)


def index_path(source: str | Path) -> Path:
    """Where the index of a source file is."""
    return Path(f"{source}{SUFFIX}")


class IndexedTable(ListedTable):
    """Looks keys up in the index; ``folding`` off finds keys exactly as written (postmap -f)."""

    def __init__(self, name: str, *, folding: bool = True) -> None:
        super().__init__(name)
        source = name.partition(":")[2]
        self._source = Path(source)
        self._path = index_path(source)
        self._fold = fold if folding else str
        self._index = Refreshed(self._path, self._open, f"postmap {name}")

    def lookup(self, key: str) -> str | None:
        index, end = self._index.current()
        try:
            value = index.get(self._fold(key).encode() + end)
            return None if value is None else value.removesuffix(end).decode()
        except UnicodeEncodeError:
            return None  # a key that no UTF-8 file can hold
        except UnicodeDecodeError:
            raise TableError(f"{self._path}: non-UTF-8 value for key {key!r}") from None
        except (CorruptFile, OSError) as error:
            raise self._broken(error) from error

    def items(self) -> Iterator[tuple[str, str]]:
        index, end = self._index.current()
        try:
            for key, value in index.items():
                yield _text(key.removesuffix(end)), _text(value.removesuffix(end))
        except (CorruptFile, OSError) as error:
            raise self._broken(error) from error

    def _open(self, descriptor: int) -> tuple[CdbReader, bytes]:
        """The index, and the byte that ends its keys and values: none, or NUL (postmap -N)."""
        try:
            index = CdbReader(descriptor)
            first = next(index.items(), None)
        except CorruptFile as error:
            raise self._broken(error) from error
        self._warn_if_stale(descriptor)
        return index, b"\0" if first and first[0].endswith(b"\0") else b""

    def _broken(self, error: Exception) -> TableError:
        return TableError(
            f"{self._path}: not a usable cdb file: {error} (run: postmap {self.name})"
        )

    def _warn_if_stale(self, descriptor: int) -> None:
        try:
            stale = self._source.stat().st_mtime > os.fstat(descriptor).st_mtime
        except OSError:
            return  # an index may live without its source
        if stale:
            _log.warning("database %s is older than source file %s", self._path, self._source)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
