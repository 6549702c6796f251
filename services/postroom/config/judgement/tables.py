"""Tables of a type nobody can open, and tables whose file is missing or out of date."""

from collections.abc import Iterator
from pathlib import Path

from postroom.config import table_types
from postroom.config.judgement.written import (
    Written,
    words_of,
    written_and_read,
    written_classes,
)
from postroom.config.kinds import Cache, Patterns, Restrictions, Tables
from postroom.config.lookup import Lookup
from postroom.config.parameters import declaration
from postroom.config.problem import Problem
from postroom.config.table_files import is_in_main

_OLDER = 2.0
"""Seconds by which a table may be older than its source: both are written in one go."""


def bad_tables(lookup: Lookup) -> Iterator[Problem]:
    """Errors where lookups would fail; warnings where they would give old answers."""
    for one in written_and_read(lookup):
        parameter = declaration(one.name)
        if parameter is None or not parameter.acts or isinstance(parameter.kind, Cache):
            continue
        if isinstance(parameter.kind, Tables | Patterns | Restrictions):
            for word in words_of(lookup, one):
                is_one = isinstance(parameter.kind, Tables)
                yield from _table(lookup, one, word, must_be_one=is_one)
    for one, words in written_classes(lookup):
        for word in words:
            yield from _table(lookup, one, word, must_be_one=False)


def _table(lookup: Lookup, one: Written, word: str, *, must_be_one: bool) -> Iterator[Problem]:
    table = table_types.split(word)
    if table is None:
        if must_be_one:
            yield one.error(f"{word}: there is no such type of table")
        return
    kind, name = table
    if not name:
        yield one.error(f'{word}: expecting "type:name" form')
    elif kind in table_types.NOT_YET:
        yield one.error(f"{word}: tables of type {kind} cannot be opened")
    elif kind in table_types.COMPOSED:
        for member in table_types.members(kind, name):
            yield from _table(lookup, one, member, must_be_one=True)
    elif kind in table_types.QUERIES and is_in_main(name):
        if not any(other.startswith(f"{name}_") for other in lookup.main.assignments):
            yield one.error(f"{word}: it is no file, and main.cf has no {name}_...")
    elif table_types.is_inline(kind, name):
        return
    elif kind not in table_types.WITHOUT_FILE and not name.startswith("/"):
        yield one.error(f"{word}: the name of a table begins with a slash")
    elif kind in table_types.INDEX_SUFFIXES:
        yield from _indexed(one, word, Path(name), table_types.INDEX_SUFFIXES[kind])
    elif kind in table_types.SOURCES | table_types.QUERIES and not Path(name).is_file():
        yield _at(one, f"{word}: there is no file {name}")


def _indexed(one: Written, word: str, source: Path, suffix: str) -> Iterator[Problem]:
    index = source.with_name(source.name + suffix)
    command = "newaliases" if one.name.startswith("alias_") else f"postmap {word}"
    if not index.is_file():
        yield _at(one, f"{word}: there is no file {index}: run {command}")
    elif source.is_file() and source.stat().st_mtime > index.stat().st_mtime + _OLDER:
        yield one.warning(f"{word}: {source} is newer than {index}: run {command}")


def _at(one: Written, text: str) -> Problem:
    """A default is nobody's mistake: the table may still be built."""
    return one.error(text) if one.line else one.warning(text)
