"""What aliases(5) lead to: lists, and the homes of users with their .forward files."""

import pwd
from collections.abc import Iterator
from pathlib import Path

from postroom.commands.postroom.inspection.named_tables import named_tables
from postroom.config.judgement.rights import changeable
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity
from postroom.tables.alias_entries import alias_entries
from postroom.tables.key_value import Entry

_INCLUDE = ":include:"


def doubtful(lookup: Lookup) -> Iterator[Problem]:
    """Lists that are missing, and files through which others get a user's mail."""
    for table in named_tables(lookup):
        if table.parameter in ("alias_maps", "alias_database") and table.source is not None:
            yield from _in(table.source)


def _in(source: Path) -> Iterator[Problem]:
    try:
        entries = [*alias_entries(source.read_text("utf-8", "replace"))]
    except OSError:
        return
    for entry in entries:
        if isinstance(entry, Entry):
            for word in entry.value.replace(",", " ").split():
                yield from _target(source, entry, word.strip('"'))


def _target(source: Path, entry: Entry, word: str) -> Iterator[Problem]:
    if word.startswith(_INCLUDE):
        path = Path(word.removeprefix(_INCLUDE))
        if not path.exists():
            text = f"{entry.key}: there is no list {path}"
            yield Problem(Severity.WARNING, source, entry.number, text)
        yield from changeable(path, f"they decide who gets mail for {entry.key}")
    elif word.isalnum():
        yield from _home_of(word)


def _home_of(name: str) -> Iterator[Problem]:
    try:
        home = Path(pwd.getpwnam(name).pw_dir)
    except KeyError:
        return
    danger = f"a .forward file there is theirs to write, and mail for {name} with it"
    yield from changeable(home, danger)
    yield from changeable(home / ".forward", f"local(8) takes no notice of it for {name}")
