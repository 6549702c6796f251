"""The options that postmap(1) and postalias(1) share."""

from enum import Enum
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NamedTuple

_LETTERS = "c:d:finNopq:rsuUvw"


class Usage(Exception):
    """The command line is not understood; the text is for whoever typed it."""


class Duplicates(Enum):
    """What becomes of the second entry for a key."""

    WARN = "warn"
    IGNORE = "ignore"
    REPLACE = "replace"


class Options(NamedTuple):
    """``tables`` are ``type:name``, or names of the default type; the rest by option letter."""

    tables: tuple[str, ...]
    config_directory: Path | None = None  # -c
    delete: str | None = None  # -d; "-" takes keys from the standard input
    query: str | None = None  # -q; likewise
    list_all: bool = False  # -s
    fold: bool = True  # not -f
    incremental: bool = False  # -i
    terminated: bool = False  # -N
    keep_root: bool = False  # -o
    inherit_mode: bool = True  # not -p
    duplicates: Duplicates = Duplicates.WARN  # -w, -r


def parse(program: str, arguments: list[str]) -> Options:
    """-u, -U and -v change nothing here: tables are UTF-8. Raises Usage."""
    usage = f"usage: {program} [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file..."
    try:
        pairs, tables = getopt(arguments, _LETTERS)
    except GetoptError as error:
        raise Usage(f"{error.msg}; {usage}") from None
    given = dict(pairs)
    if sum(option in given for option in ("-d", "-q", "-s")) > 1:
        raise Usage("specify only one of -s or -q or -d")
    if not tables:
        raise Usage(usage)
    return Options(
        tables=tuple(tables),
        config_directory=Path(given["-c"]) if "-c" in given else None,
        delete=given.get("-d"),
        query=given.get("-q"),
        list_all="-s" in given,
        fold="-f" not in given,
        incremental="-i" in given,
        terminated="-N" in given,
        keep_root="-o" in given,
        inherit_mode="-p" not in given,
        duplicates=_duplicates(given),
    )


def _duplicates(given: dict[str, str]) -> Duplicates:
    if "-r" in given:
        return Duplicates.REPLACE
    return Duplicates.IGNORE if "-w" in given else Duplicates.WARN
