"""The tables that a configuration names, each with the parameter and the files it is kept in."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.config import table_types
from postroom.config.judgement.written import Written, words_of, written_and_read
from postroom.config.lookup import Lookup


class NamedTable(NamedTuple):
    """``type:name`` as it stands in the value of a setting."""

    setting: Written
    type: str
    name: str

    @property
    def parameter(self) -> str:
        return self.setting.name

    @property
    def source(self) -> Path | None:
        """What the admin edits, if it is a file."""
        in_file = self.type not in table_types.WITHOUT_FILE | table_types.COMPOSED
        return Path(self.name) if in_file and self.name.startswith("/") else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Source and index."""
        if self.source is None:
            return ()
        suffix = table_types.INDEX_SUFFIXES.get(self.type)
        return (self.source, Path(self.name + suffix)) if suffix else (self.source,)


def named_tables(lookup: Lookup) -> Iterator[NamedTable]:
    """Also those that are parts of others; in the order of the files."""
    for one in written_and_read(lookup):
        for word in words_of(lookup, one):
            for kind, name in table_types.with_members(word):
                yield NamedTable(one, kind, name)
