"""Look into tables: ``-q key``, ``-q -`` and ``-s`` of postmap(1) and postalias(1)."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import NamedTuple

from postroom.commands.tables.message_keys import message_keys
from postroom.commands.tables.options import Options
from postroom.tables import Table, TableError
from postroom.tables.folding import as_written, fold, fold_ascii
from postroom.tables.index_format import index_format
from postroom.tables.key_value import is_utf8, printable
from postroom.tables.opening import open_directly
from postroom.tables.table import ListedTable

Warn = Callable[[str], None]


def folding(options: Options) -> Callable[[str], str]:
    if not options.fold:
        return as_written
    return fold if options.utf8 else fold_ascii


class Queries(NamedTuple):
    """Prints what the tables hold; ``warn`` reaches who runs the command."""

    tables: tuple[Table, ...]
    options: Options
    warn: Warn

    @classmethod
    def of(
        cls, names: Iterable[str], options: Options, warn: Warn, max_reply: int | None
    ) -> "Queries":
        """``max_reply`` is socketmap_max_reply_size; raises TableError for a name that can never
        work."""
        kept = folding(options)
        tables = (open_directly(name, kept, max_reply=max_reply) for name in names)
        return cls(tuple(tables), options, warn)

    def one(self, key: str) -> bool:
        """Print the first table's value; whether one had the key."""
        value = self._first(key)
        if value is not None:
            print(value)
        return value is not None

    def many(self, lines: Iterable[str]) -> bool:
        """Print key and value of each key that is found; whether any was.

        The keys are lines, or with -h and -b what these take from a message.
        """
        found = False
        for key in self._keys(line.removesuffix("\n") for line in lines):
            value = self._first(key)
            if value is not None:
                self._show(key, value)
                found = True
        return found

    def list_all(self) -> None:
        """Print the entries of the first table; raises TableError where it cannot tell them."""
        table = self.tables[0]
        if not isinstance(table, ListedTable):
            raise TableError(f"table {_title(table)}: sequence operation is not supported")
        for key, stored in table.items():
            value = self._unpacked(table, key, stored)
            if value is not None:
                self._show(key, value)

    def _show(self, key: str, value: str) -> None:
        print(f"{key}{self.options.behind_key}\t{value}")

    def _keys(self, lines: Iterable[str]) -> Iterable[str]:
        if not (self.options.headers or self.options.body):
            return lines
        wanted = (self.options.body, self.options.headers)
        keys = message_keys(lines, mime=self.options.mime)
        return (key.text for key in keys if wanted[key.is_header])

    def _first(self, key: str) -> str | None:
        for table in self.tables:
            if self._is_utf8(table, key):
                stored = table.lookup(key)
                if stored is not None:
                    value = self._unpacked(table, key, stored)
                    if value is None:
                        raise TableError(f"table {_title(table)}: query error")
                    return value
        return None

    def _is_utf8(self, table: Table, key: str) -> bool:
        """Keys of messages are looked up as they are."""
        if key.isascii() or not self.options.utf8 or self.options.headers or self.options.body:
            return True
        return checked_key(key, _title(table), self.warn)

    def _unpacked(self, table: Table, key: str, stored: str) -> str | None:
        """The value to print, which -F takes out of base64."""
        if not stored:
            self.warn(f"table {_title(table)}: key {key}: empty string result is not allowed")
            self.warn(f"table {_title(table)} should return NO RESULT in case of NOT FOUND")
        if not self.options.files:
            return stored
        try:
            return base64.b64decode(stored, validate=True).decode("utf-8", "surrogateescape")
        except binascii.Error:
            self.warn(f"table {_title(table)}: key {key}: malformed BASE64 value: {stored}")
            return None


def checked_key(key: str, title: str, warn: Warn) -> bool:
    """Whether the key can be in any table, which are UTF-8; says so if not."""
    if not is_utf8(key):
        reason = "malformed UTF-8 or invalid codepoint"
        warn(f'{title}: non-UTF-8 key "{printable(key)}": {reason}')
        return False
    return True


def _title(table: Table) -> str:
    """What Postfix calls a table in its warnings."""
    kind, _, path = table.name.partition(":")
    return (
        table.name + index_format(kind).suffix if kind in ("btree", "hash") and path else table.name
    )
