"""Indexes of the tables that a configuration names: Postfix's own are in another format."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.commands.postroom.importing.finding import Finding, What
from postroom.commands.postroom.inspection.named_tables import named_tables
from postroom.commands.tables.building import Builder
from postroom.commands.tables.options import Options
from postroom.config import table_types
from postroom.config.lookup import Lookup
from postroom.tables.alias_entries import alias_entries
from postroom.tables.key_value import entries
from postroom.tables.table import TableError


class Index(NamedTuple):
    """``path`` is built from ``source``, which may have the format of aliases(5)."""

    type: str
    source: Path
    path: Path
    of_aliases: bool

    @property
    def is_due(self) -> bool:
        if not self.source.is_file():
            return False
        return not self.path.is_file() or self.path.stat().st_mtime < self.source.stat().st_mtime

    def build(self) -> Iterator[Finding]:
        """With what is to be said of the source."""
        if not self.source.is_file():
            return  # which is said of the table
        said: list[str] = []
        parser = alias_entries if self.of_aliases else entries
        try:
            Builder(Options(()), parser, said.append).build(f"{self.type}:{self.source}")
        except (OSError, TableError) as error:
            yield Finding(What.WARNING, self.source, 0, f"no index could be built of it: {error}")
            return
        yield from (Finding(What.WARNING, self.source, 0, text) for text in said)
        yield Finding(What.BUILT, self.path, 0, f"from {self.source}")


def indexes(lookup: Lookup) -> tuple[Index, ...]:
    """Each once; a table that is one of aliases anywhere is one everywhere."""
    found: dict[Path, Index] = {}
    for table in named_tables(lookup):
        if table.type in table_types.INDEX_SUFFIXES and table.source is not None:
            source, path = table.files
            before = found.get(path)
            aliases = table.parameter.startswith("alias_") or bool(before and before.of_aliases)
            found[path] = Index(table.type, source, path, aliases)
    return tuple(found.values())
