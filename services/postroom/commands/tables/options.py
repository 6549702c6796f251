"""The options that postmap(1) and postalias(1) share, and those that postmap alone has."""

import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NamedTuple, TypeVar

from postroom.commands.options import complaint

T = TypeVar("T")
_LETTERS = "c:d:finNopq:rsuUvw"
_MESSAGE_LETTERS = "bhmF"


class Usage(Exception):
    """The command line is not understood; the text is for whoever typed it."""


class Duplicates(Enum):
    """What becomes of the second entry for a key."""

    WARN = "warn"
    IGNORE = "ignore"
    REPLACE = "replace"


_DUPLICATES = {"-r": Duplicates.REPLACE, "-w": Duplicates.IGNORE}


class Options(NamedTuple):
    """``tables`` are ``type:name``, or names of the default type; the rest by option letter."""

    tables: tuple[str, ...]
    config_directory: Path | None = None  # -c
    delete: str | None = None  # -d; "-" takes keys from the standard input
    query: str | None = None  # -q; likewise
    list_all: bool = False  # -s
    fold: bool = True  # not -f
    utf8: bool = True  # not -u
    files: bool = False  # -F
    headers: bool = False  # -h
    body: bool = False  # -b
    mime: bool = False  # -m
    incremental: bool = False  # -i
    terminated: bool | None = None  # -N, -n; None: as the type has it
    keep_root: bool = False  # -o
    inherit_mode: bool = True  # not -p
    duplicates: Duplicates = Duplicates.WARN  # -w, -r
    behind_key: str = ""  # where entries are shown as in their source


def parse(program: str, arguments: list[str]) -> Options:
    """-v changes nothing here. Raises Usage."""
    letters = _LETTERS + (_MESSAGE_LETTERS if program == "postmap" else "")
    flags = "bfFhimnNoprsuUvw" if program == "postmap" else "Nfinoprsuvw"
    usage = f"usage: {program} [-{flags}] [-c config_dir] [-d key] [-q key] [map_type:]file..."
    try:
        pairs, tables = getopt(arguments, letters)
    except GetoptError as error:
        sys.stderr.write(f"{program}: {complaint(error)}\n")
        raise Usage(usage) from None
    given = dict(pairs)
    _refuse_contradictions(pairs)
    if not tables:
        raise Usage(usage)
    return Options(
        tables=tuple(tables),
        config_directory=Path(given["-c"]) if "-c" in given else None,
        delete=given.get("-d"),
        query=given.get("-q"),
        list_all="-s" in given,
        fold="-f" not in given,
        utf8="-u" not in given,
        files="-F" in given,
        headers="-h" in given,
        body="-b" in given,
        mime="-m" in given,
        incremental="-i" in given,
        terminated=_last(pairs, {"-N": True, "-n": False}),
        keep_root="-o" in given,
        inherit_mode="-p" not in given,
        duplicates=_last(pairs, _DUPLICATES) or Duplicates.WARN,
        behind_key="" if program == "postmap" else ":",
    )


def _last(pairs: Sequence[tuple[str, str]], meanings: Mapping[str, T]) -> T | None:
    """What the last of some options that exclude each other says; None without any."""
    said = [meanings[option] for option, _ in pairs if option in meanings]
    return said[-1] if said else None


def _refuse_contradictions(pairs: Sequence[tuple[str, str]]) -> None:
    modes = [option for option, _ in pairs if option in ("-d", "-q", "-s")]
    if len(modes) > 1 and set(modes) != {"-s"}:
        order = "-s or -q or -d" if modes[1] == "-s" else "-s -q or -d"
        raise Usage(f"specify only one of {order}")
    given = dict(pairs)
    if not given.keys().isdisjoint(("-b", "-h", "-m")) and given.get("-q") != "-":
        raise Usage('specify -b -h or -m only with "-q -"')
