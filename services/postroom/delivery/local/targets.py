"""What stands on the right-hand side of aliases(5) and in .forward files."""

import re
from enum import Enum
from typing import NamedTuple

from postroom.mail.address_list import mailboxes

_ITEM = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"                       # one quoted string,
      |((?:"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,"\n])+))     # or words, quoted strings, comments
      \s*(?:,|\n|\Z)""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[\s,]*")
_ESCAPE = re.compile(r"\\(.)")


class Kind(Enum):
    ADDRESS = "address"
    # ``\user``: the user's mailbox itself, whatever aliases and .forward say.
    MAILBOX = "mailbox"
    COMMAND = "command"
    FILE = "file"
    INCLUDE = "include"


class Target(NamedTuple):
    """One destination; ``text`` without the mark that tells its kind."""

    kind: Kind
    text: str


def parse_targets(text: str) -> list[Target]:
    """All destinations in ``text``; lines that start with ``#`` are comments. Never fails: what
    is no file, command or list is an address, right or wrong."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    rest = "\n".join(lines)
    targets: list[Target] = []
    at = _end_of_blank(rest, 0)
    while at < len(rest):
        found = _ITEM.match(rest, at)
        if found is None or found.end() == at:
            targets += _addresses(rest[at:])
            break
        quoted, bare = found[1], found[2]
        targets += _item(_ESCAPE.sub(r"\1", quoted)) if bare is None else _item(bare.strip())
        at = _end_of_blank(rest, found.end())
    return targets


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _item(text: str) -> list[Target]:
    if text.startswith("|"):
        return [Target(Kind.COMMAND, _unquoted(text[1:].strip()))]
    if text.startswith("/"):
        return [Target(Kind.FILE, text)]
    if text.lower().startswith(":include:"):
        return [Target(Kind.INCLUDE, text[len(":include:") :].strip())]
    if text.startswith("\\"):
        return [Target(Kind.MAILBOX, text[1:])]
    return _addresses(text)


def _unquoted(command: str) -> str:
    """Sendmail also knows ``|"command"``, the quotes behind the bar."""
    if len(command) > 1 and command[0] == command[-1] == '"':
        return _ESCAPE.sub(r"\1", command[1:-1])
    return command


def _addresses(text: str) -> list[Target]:
    return [Target(Kind.ADDRESS, mailbox.address) for mailbox in mailboxes(text) if mailbox.address]
