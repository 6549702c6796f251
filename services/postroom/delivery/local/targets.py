"""What stands on the right-hand side of aliases(5) and in .forward files."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from postroom.mail.address_list import mailboxes

# What an item is made of: quoted strings, comments and routes may hold commas. Whatever a user
# writes, a match takes the time of its length, and there is always one.
_PIECE = re.compile(r'"(?:[^"\\]++|\\.)*"?\\?|\([^()]*+\)|<@[^<>"(]*+>|[^,"(<]++|[,(<]', re.DOTALL)
_INCLUDE = ":include:"
_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*)"?', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Kind(Enum):
    ADDRESS = "address"
    # ``\user``: the user's mailbox itself, whatever aliases and .forward say.
    MAILBOX = "mailbox"
    COMMAND = "command"
    FILE = "file"
    # ``~/file`` below a user's home; the mark is kept, for somebody else's home is none.
    HOME = "file at home"
    INCLUDE = "include"


class Target(NamedTuple):
    """One destination; ``text`` without the mark that tells its kind."""

    kind: Kind
    text: str


def parse_targets(text: str) -> list[Target]:
    """All destinations in ``text``; lines that start with ``#`` are comments. Never fails: what
    is no file, command or list is an address, right or wrong. Linear time."""
    return list(_targets(text))


def has_targets(text: str) -> bool:
    """Whether there is any destination in ``text``."""
    return next(_targets(text), None) is not None


def _targets(text: str) -> Iterator[Target]:
    for whole in text.split("\n"):
        # As in C, what is behind a NUL is not there; no name and no command could hold it.
        line = whole.partition("\0")[0]
        if not line.lstrip().startswith("#"):
            # Of a group, the first item has the name, and the last the end.
            end = ";" if ";" in line else ""
            for item in _items(line):
                yield from _target(item.strip(), end)


def _items(line: str) -> Iterator[str]:
    if '"' not in line and "(" not in line and "<@" not in line:
        yield from line.split(",")
        return
    held: list[str] = []
    for found in _PIECE.finditer(line):
        if found[0] == ",":
            yield "".join(held)
            held.clear()
        else:
            held.append(found[0])
    yield "".join(held)


def _target(text: str, end: str) -> list[Target]:
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        text = _ESCAPE.sub(r"\1", quoted[1])
    if text.startswith("|"):
        return [Target(Kind.COMMAND, _unquoted(text[1:].strip()))]
    if text.startswith("/"):
        return [Target(Kind.FILE, text)]
    if text.startswith("~"):
        return [Target(Kind.HOME, text)]
    if text[: len(_INCLUDE)].lower() == _INCLUDE:
        return [Target(Kind.INCLUDE, text[len(_INCLUDE) :].strip())]
    if text.startswith("\\"):
        return [Target(Kind.MAILBOX, text[1:])]
    found = (mailbox.address for mailbox in mailboxes(text + end))
    return [Target(Kind.ADDRESS, address) for address in found if address]


def _unquoted(command: str) -> str:
    """Sendmail also knows ``|"command"``, the quotes behind the bar."""
    if len(command) > 1 and command[0] == command[-1] == '"':
        return _ESCAPE.sub(r"\1", command[1:-1])
    return command
