"""Make and change indexed tables: what postmap(1), postalias(1) and newaliases(1) are for."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from postroom.commands.table_options import Duplicates, Options
from postroom.tables.folding import fold
from postroom.tables.index_draft import Attributes, IndexDraft, draft
from postroom.tables.indexed import INDEXED_TYPES, index_path
from postroom.tables.key_value import Entry, Flaw
from postroom.tables.opening import split_name
from postroom.tables.table import TableError

Parser = Callable[[str], Iterator[Entry | Flaw]]
Warn = Callable[[str], None]
# Of an index that has no source to take them from.
_DEFAULT = Attributes(0o644)


class Builder(NamedTuple):
    """``parser`` knows the format of the sources, ``warn`` reaches who runs the command."""

    options: Options
    parser: Parser
    warn: Warn

    def build(self, name: str) -> None:
        """Make the index of ``type:file`` from the file; raises OSError, TableError."""
        source = _source(name)
        with source.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            status = os.fstat(file.fileno())
            text = file.read()
            attributes = Attributes.of(status)
            if not self.options.inherit_mode:
                attributes = attributes._replace(mode=_DEFAULT.mode)
            with _as_owner(status, self.options), draft(source) as index:
                index.terminated = self.options.terminated
                self._fill(index, text, str(source))
                index.publish(attributes)

    def add(self, name: str, entries: str) -> None:
        """Add entries in source format to the index, which need not exist (-i)."""
        source = _source(name)
        with _changed(source, self.options) as (index, exists):
            if not exists:
                index.terminated = self.options.terminated
            self._fill(index, entries, "stdin")

    def delete(self, name: str, keys: Iterable[str]) -> bool:
        """Whether any of the keys was there (-d)."""
        source = _source(name)
        if not index_path(source).exists():
            raise TableError(f"open database {index_path(source)}: No such file or directory")
        with _changed(source, self.options) as (index, _):
            return sum(index.remove(self._key(key)) for key in keys) > 0

    def _fill(self, index: IndexDraft, text: str, title: str) -> None:
        for entry in self.parser(text):
            if isinstance(entry, Flaw):
                self.warn(f"{title}, line {entry.number}: {entry.text}")
                continue
            key = self._key(entry.key)
            if key not in index or self.options.duplicates is Duplicates.REPLACE:
                index.put(key, entry.value)
            elif self.options.duplicates is Duplicates.WARN:
                self.warn(f'{title}, line {entry.number}: duplicate entry: "{key}"')

    def _key(self, key: str) -> str:
        return fold(key) if self.options.fold else key


def _source(name: str) -> Path:
    kind, path = split_name(name)
    if kind not in INDEXED_TYPES:
        raise TableError(f"unsupported map type for this operation: {kind}")
    return Path(path)


@contextmanager
def _changed(source: Path, options: Options) -> Iterator[tuple[IndexDraft, bool]]:
    """A draft of the present index and whether there is one; published at the end."""
    path = index_path(source)
    status = path.stat() if path.exists() else None
    with _as_owner(status, options), draft(source) as index:
        if status is not None:
            index.take_over()
        yield index, status is not None
        index.publish(Attributes.of(status) if status else _DEFAULT)


@contextmanager
def _as_owner(status: os.stat_result | None, options: Options) -> Iterator[None]:
    """Root works with the rights of the file's owner, who may have planted links (-o: not)."""
    if status is None or os.geteuid() != 0 or status.st_uid == 0 or options.keep_root:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(status.st_gid)
    os.seteuid(status.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def standard_input() -> TextIO:
    """Bytes that are no UTF-8 reach the parser, which says in which line they are."""
    return open(0, encoding="utf-8", errors="surrogateescape", newline="\n", closefd=False)
