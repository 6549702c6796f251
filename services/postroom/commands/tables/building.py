"""Make and change indexed tables: what postmap(1), postalias(1) and newaliases(1) are for."""

import base64
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple, TextIO

from postroom.commands.ownership import as_owner
from postroom.commands.tables.options import Duplicates, Options
from postroom.commands.tables.queries import checked_key, folding
from postroom.tables.index_draft import NUL, Attributes, IndexDraft, draft
from postroom.tables.index_format import INDEXED_TYPES, IndexFormat, index_format
from postroom.tables.key_value import Entry, Flaw
from postroom.tables.opening import TYPES, split_name
from postroom.tables.table import TableError

Parser = Callable[[str], Iterator[Entry | Flaw]]
Warn = Callable[[str], None]
# Of an index that has no source to take them from.
_DEFAULT = Attributes(0o644)


class _Target(NamedTuple):
    """What is built; ``title`` is what Postfix calls the index in its warnings."""

    index_path: Path
    form: IndexFormat
    title: str

    @classmethod
    def of(cls, name: str) -> "_Target":
        """Raises TableError for a table that cannot be built."""
        kind, path = split_name(name)
        if kind in TYPES and kind not in INDEXED_TYPES:
            raise TableError(f"no 'map create' support for this type: {kind}")
        form = index_format(kind)
        index = path + form.suffix
        title = {"cdb": path, "lmdb": f"lmdb:{path}"}.get(kind, index)
        return cls(Path(index), form, title)


class Builder(NamedTuple):
    """``parser`` knows the format of the sources, ``warn`` reaches who runs the command."""

    options: Options
    parser: Parser
    warn: Warn

    def build(self, name: str) -> None:
        """Make the index of ``type:file`` from the file; raises OSError, TableError."""
        source = Path(split_name(name)[1])
        with source.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            status = os.fstat(file.fileno())
            target = _Target.of(name)
            text = file.read()
            attributes = Attributes.of_source(status)
            if not self.options.inherit_mode:
                attributes = attributes._replace(mode=_DEFAULT.mode)
            if self.options.keep_root:
                attributes = attributes._replace(owner=None)
            with _as_owner(status, self.options), draft(target.index_path, target.form) as index:
                self._set_ends(index)
                self._fill(index, target, text, str(source))
                index.publish(attributes)

    def add(self, name: str, entries: str) -> None:
        """Add entries in source format to the index, which need not exist (-i)."""
        target = _Target.of(name)
        with _changed(target, self.options) as (index, exists):
            if not exists:
                self._set_ends(index)
            self._fill(index, target, entries, "stdin")

    def delete(self, name: str, keys: Iterable[str]) -> bool:
        """Whether any of the keys was there (-d)."""
        kind, _ = split_name(name)
        if kind in TYPES and kind not in INDEXED_TYPES:
            raise TableError(f"table {name}: delete operation is not supported")
        target = _Target.of(name)
        if not target.index_path.exists():
            raise TableError(f"open database {target.index_path}: No such file or directory")
        fold = folding(self.options)
        with _changed(target, self.options) as (index, _):
            wanted = [key for key in keys if checked_key(key, name, self.warn)]
            return sum(index.remove(fold(key)) for key in wanted) > 0

    def _set_ends(self, index: IndexDraft) -> None:
        if self.options.terminated is not None:
            index.end = NUL if self.options.terminated else ""

    def _fill(self, index: IndexDraft, target: _Target, text: str, title: str) -> None:
        fold = folding(self.options)
        files, replace = self.options.files, self.options.duplicates is Duplicates.REPLACE
        for entry in self.parser(text):
            if isinstance(entry, Flaw):
                self.warn(entry.told(title))
                continue
            value = self._content(entry, title) if files else entry.value
            key = fold(entry.key)
            if value is None or index.put(key, value, replace=replace):
                continue
            if self.options.duplicates is Duplicates.WARN:
                self.warn(f'{target.title}: duplicate entry: "{key}"')

    def _content(self, entry: Entry, title: str) -> str | None:
        """What the files hold that the value names (-F); None where one cannot be read."""
        try:
            contents = [Path(name).read_bytes() for name in entry.value.replace(",", " ").split()]
        except OSError as error:
            reason = f"open {error.filename}: {error.strerror}: skipping this entry"
            self.warn(Flaw(entry.number, reason).told(title))
            return None
        return base64.b64encode(b"\n".join(contents)).decode()


@contextmanager
def _changed(target: _Target, options: Options) -> Iterator[tuple[IndexDraft, bool]]:
    """A draft of the present index and whether there is one; published at the end."""
    status = target.index_path.stat() if target.index_path.exists() else None
    with _as_owner(status, options), draft(target.index_path, target.form) as index:
        if status is not None:
            index.take_over()
        yield index, status is not None
        index.publish(Attributes.of(status) if status else _DEFAULT)


def _as_owner(status: os.stat_result | None, options: Options) -> AbstractContextManager[None]:
    """Root works with the rights of the file's owner (-o: not)."""
    if status is None or os.geteuid() != 0 or status.st_uid == 0 or options.keep_root:
        return nullcontext()
    return as_owner(status)


def standard_input() -> TextIO:
    """Bytes that are no UTF-8 reach the parser, which says in which line they are."""
    return open(0, encoding="utf-8", errors="surrogateescape", newline="\n", closefd=False)
