"""The configuration as it will be, made aside: judged there before anything is in its place."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from postroom.commands.postroom.importing.adaptation import adapt_main, adapt_master
from postroom.commands.postroom.importing.copying import copy_as_is, keep_from_others, unreadable
from postroom.commands.postroom.importing.finding import Finding, What
from postroom.commands.postroom.importing.indexing import Index, indexes
from postroom.commands.postroom.importing.origin import MAIN, MASTER, Origin
from postroom.commands.postroom.inspection.certificates import holds_private_key
from postroom.commands.postroom.inspection.named_tables import named_tables
from postroom.commands.postroom.inspection.table_rights import secret_in
from postroom.config import table_types
from postroom.config.configuration import Configuration, load
from postroom.config.judgement.written import written
from postroom.config.problem import ConfigError


class Stage(NamedTuple):
    """``directory`` has all files as ``target`` will have them; ``elsewhere`` are indexes of
    tables that stay where they are, and have to be built there."""

    origin: Origin
    directory: Path
    target: Path
    elsewhere: tuple[Index, ...]
    findings: tuple[Finding, ...]

    @property
    def files(self) -> list[Path]:
        """Relative to the directory; main.cf, by which all others are found, is the last."""
        found = (one.relative_to(self.directory) for one in self.directory.rglob("*"))
        names = sorted(one for one in found if (self.directory / one).is_file())
        return [*(one for one in names if one not in (MAIN, MASTER)), MASTER, MAIN]


def stage(origin: Origin, directory: Path, target: Path) -> Stage:
    """Make everything in ``directory``; its files name each other there. Raises OSError."""
    changed = [*_write(origin, directory, directory)]
    copied = [*_copy(origin, directory, target)]
    staged = load(directory)
    _keep_secrets(staged)
    wanted = indexes(staged)
    here = [one for one in wanted if one.path.is_relative_to(directory)]
    elsewhere = tuple(one for one in wanted if one not in here and one.is_due)
    built = [finding for one in here for finding in one.build()]
    findings = (*changed, *copied, *built, *_unreadable(staged))
    return Stage(origin, directory, target, elsewhere, findings)


def finish(stage: Stage) -> None:
    """From here on the files name each other where they will be."""
    for _ in _write(stage.origin, stage.directory, stage.target):
        pass  # what is changed was told before


def _write(origin: Origin, directory: Path, target: Path) -> Iterator[Finding]:
    """main.cf and master.cf into ``directory``, for files in ``target``."""
    for name, adapt in ((MAIN, adapt_main), (MASTER, adapt_master)):
        adapted = adapt(origin.read(name), origin.configuration)
        path = directory / name
        path.write_text(origin.moved(adapted.text, target), "utf-8", "surrogateescape")
        path.chmod(0o644)
        for change in adapted.changes:
            yield Finding(What.CHANGED, origin.directory / name, *change)


def _copy(origin: Origin, directory: Path, target: Path) -> Iterator[Finding]:
    names = origin.files()
    for name in names:
        source, copy = origin.directory / name, directory / name
        copy_as_is(source, copy)
        yield Finding(What.COPIED, source, 0, f"to {target / name}")
        text = origin.read(name)
        if not origin.names_directory(text):
            continue
        if name in origin.queries:
            copy.write_text(origin.moved(text, target), "utf-8", "surrogateescape")
        else:
            told = f"it names files in {origin.directory}: are they still meant?"
            yield Finding(What.WARNING, target / name, 0, told)
    yield from origin.left(names)


def _keep_secrets(staged: Configuration) -> None:
    secrets = {path for table in named_tables(staged) if secret_in(table) for path in table.files}
    for one in written(staged):
        if holds_private_key(one.name):
            with suppress(ConfigError):
                secrets.add(Path(staged.text(one.name, one.overrides)))
    for path in secrets:
        if path.is_relative_to(staged.directory) and path.is_file():
            keep_from_others(path)


def _unreadable(staged: Configuration) -> Iterator[Finding]:
    """Services read public tables as users of their own, and have no group in common."""
    for table in {one.files: one for one in named_tables(staged)}.values():
        public = table.type not in table_types.QUERIES and not secret_in(table)
        if public and table.source is not None and unreadable(table.source):
            told = "services cannot read it: if it holds no secret, chmod 644 and build it again"
            yield Finding(What.WARNING, table.source, 0, told)
