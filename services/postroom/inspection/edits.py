"""What a table has to say about a field or a line, and the actions that change the text."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from postroom.mail.header import encode

# RFC 5322 section 2.2: printable ASCII but the colon.
_FIELD: Final = re.compile(r"[!-9;-~]+[ \t]*:")


class Hit(NamedTuple):
    """A table's answer: about a ``header`` or a ``body``'s line, what to do with its ``text``."""

    parameter: str
    kind: str
    text: str
    value: str

    @property
    def action(self) -> str:
        return re.split(r"[ \t]", self.value, maxsplit=1)[0].upper()

    @property
    def argument(self) -> str:
        return self.value[len(self.action) :].lstrip()


class Edit(NamedTuple):
    """Whether the text stays, and what comes in front of it or, if it goes, in its place."""

    keep: bool = True
    new: str | None = None


KEEP: Final = Edit()
DROP: Final = Edit(keep=False)


class Log(Protocol):
    """Where actions are told."""

    def acted(self, action: str, hit: Hit, text: str) -> None: ...

    def complain(self, text: str) -> None: ...


def edit(hit: Hit, log: Log) -> Edit | None:
    """Obey an action that changes nothing but the text; None if this is no such action."""
    obey = _EDITS.get(hit.action)
    return None if obey is None else obey(hit, log)


def _keep(_: Hit, __: Log) -> Edit:
    return KEEP


def _ignore(_: Hit, __: Log) -> Edit:
    return DROP


def _strip(hit: Hit, log: Log) -> Edit:
    log.acted("strip", hit, hit.argument)
    return DROP


def _warn(hit: Hit, log: Log) -> Edit:
    log.acted("warning", hit, hit.argument)
    return KEEP


def _info(hit: Hit, log: Log) -> Edit:
    log.acted("info", hit, hit.argument)
    return KEEP


def _prepend(hit: Hit, log: Log) -> Edit:
    if not _has_text(hit, log):
        return KEEP
    log.acted("prepend", hit, hit.argument)
    return Edit(new=hit.argument)


def _replace(hit: Hit, log: Log) -> Edit:
    if not _has_text(hit, log):
        return KEEP
    log.acted("replace", hit, hit.argument)
    return Edit(keep=False, new=hit.argument)


def _has_text(hit: Hit, log: Log) -> bool:
    """Whether there is something to write, in a header a header."""
    text = hit.argument
    if not text:
        log.complain(f"{hit.action} action without text in {hit.parameter} map")
        return False
    if hit.kind == "header" and not _FIELD.match(text):
        log.complain(
            f'bad {hit.action} header text "{text}" in {hit.parameter} map -- '
            'need "headername: headervalue"'
        )
        return False
    return True


_EDITS: Final[dict[str, Callable[[Hit, Log], Edit]]] = {
    "DUNNO": _keep,
    "OK": _keep,
    "IGNORE": _ignore,
    "INFO": _info,
    "PREPEND": _prepend,
    "REPLACE": _replace,
    "STRIP": _strip,
    "WARN": _warn,
}


# The actions that change nothing but the text.
EDITS: Final = frozenset(_EDITS)


def field_of(text: str) -> bytes:
    """A header that a table made, in wire form; its further lines stay lines of this header."""
    first, *rest = text.replace("\r", "").split("\n")
    lines = [first, *(line if line[:1] in (" ", "\t") else f"\t{line}" for line in rest if line)]
    # RFC 5321 section 4.5.2: a dot that begins a line is doubled.
    dot = "." if first.startswith(".") else ""
    return encode(dot + "".join(f"{line}\r\n" for line in lines))


def lines_of(text: str) -> bytes:
    """Lines of a body that a table made, with CRLF behind each."""
    return encode("".join(f"{line}\r\n" for line in text.replace("\r", "").split("\n")))
