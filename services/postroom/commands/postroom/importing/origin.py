"""A Postfix's configuration directory, and which of its files the configuration names."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from postroom.commands.postroom.importing.finding import Finding, What
from postroom.commands.postroom.inspection.named_tables import named_tables
from postroom.config.configuration import load
from postroom.config.judgement.written import written
from postroom.config.problem import ConfigError
from postroom.config.table_types import QUERIES

USUAL = Path("/etc/postfix")
"""What files call their directory, also in a copy that is kept elsewhere."""

MAIN, MASTER = Path("main.cf"), Path("master.cf")

_OWN_FILES = re.compile(
    r"(?:main|master)\.cf.*|dynamicmaps\.cf.*|postfix-files.*|makedefs\.out|post-install"
    r"|postfix-(?:script|tls-script|wrapper)|bounce\.cf\.default|(?:TLS_)?LICENSE"
)
"""What Postfix's packages put there and nobody edits."""

_INDEX_SUFFIXES = (".db", ".cdb", ".lmdb", ".dir", ".pag")
_NAME = r"/[^\s,{}:;\"'()]+"


class Origin:
    """``configuration`` is as Postfix has it. Raises ConfigError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.configuration = load(self.directory)
        names = "|".join(re.escape(str(one)) for one in dict.fromkeys((self.directory, USUAL)))
        self._directory = re.compile(rf"(?<![\w./-])(?:{names})(?=/|[\s,}}]|$)")
        self._path = re.compile(rf"{self._directory.pattern}({_NAME})")

    def read(self, name: Path) -> str:
        return (self.directory / name).read_text("utf-8", "surrogateescape")

    def moved(self, text: str, target: Path) -> str:
        """The lines of a file, with paths below the directory as paths below ``target``."""
        lines = text.split("\n")
        return "\n".join(
            line if line.startswith("#") else self._directory.sub(lambda _: str(target), line)
            for line in lines
        )

    def names_directory(self, text: str) -> bool:
        return self._directory.search(text) is not None

    def files(self) -> tuple[Path, ...]:
        """All that is named, relative to the directory; what directories hold, too."""
        found: dict[Path, None] = {}
        for text in self._values():
            for name in self._named_in(text):
                found.update(dict.fromkeys(self._at(name)))
        return tuple(found)

    def left(self, files: tuple[Path, ...]) -> Iterator[Finding]:
        """Files of the admin's that nothing names, and tables of which only the index is there."""
        for path in sorted(self.directory.rglob("*")):
            name = path.relative_to(self.directory)
            if not path.is_file() or name in files or _OWN_FILES.fullmatch(path.name):
                continue
            if path.suffix not in _INDEX_SUFFIXES:
                yield Finding(What.LEFT, path, 0, "main.cf and master.cf do not name it")
            elif not path.with_suffix("").is_file():
                text = "an index without its source: have Postfix's postmap -s write it out"
                yield Finding(What.LEFT, path, 0, text)

    @cached_property
    def queries(self) -> frozenset[Path]:
        """The files of tables that are queries."""
        tables = [one for one in named_tables(self.configuration) if one.type in QUERIES]
        return frozenset(name for one in tables for name in self._named_in(one.name))

    def _values(self) -> Iterator[str]:
        """Of parameters, of services' commands, and of the files of tables that are queries."""
        configuration = self.configuration
        for one in written(configuration):
            with suppress(ConfigError):
                yield configuration.text(one.name, one.overrides)
        for service in configuration.services:
            yield " ".join(service.words)
        for name in self.queries:
            with suppress(OSError):
                yield self.read(name)

    def _named_in(self, text: str) -> Iterator[Path]:
        for match in self._path.finditer(text):
            name = Path(match[1].lstrip("/"))
            if ".." not in name.parts and name not in (MAIN, MASTER):
                yield name

    def _at(self, name: Path) -> Iterator[Path]:
        path = self.directory / name
        if path.is_dir():
            yield from (
                one.relative_to(self.directory) for one in sorted(path.rglob("*")) if one.is_file()
            )
        elif path.is_file():
            yield name
