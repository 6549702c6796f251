"""A service as a line of master.cf: as it can be read back, or as postconf -M shows it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from postroom.config.logical_lines import BLANK
from postroom.config.master_cf import END_OF_OPTIONS, ServiceLine

LINE_LIMIT = 80
"""Columns of a folded line."""

INDENT = "    "
"""What a continuation line begins with."""

_COLUMNS = (0, 11, 17, 25, 33, 41, 49, 57)
"""Where the fields and the command begin, unless what is before them is too long."""


class _Word(NamedTuple):
    """An argument, or an option with its value (``alone``: on a folded line of its own).

    ``option`` is what may stand before ``text``; ``opening``, whether options end here or later.
    """

    text: str
    option: str = ""
    opening: bool = False

    @property
    def alone(self) -> bool:
        return bool(self.option)


Write = Callable[[_Word], str]


def line_of(service: ServiceLine) -> str:
    """The whole line for the file, folded: every option with a value has a line of its own."""
    return _head(service) + _command(service, _protected, fold=True, column=len(_head(service)))


def shown_line(service: ServiceLine, *, fold: bool) -> str:
    """The whole line as postconf -M shows it."""
    return _head(service) + _command(service, _shown, fold=fold, column=len(_head(service)))


def shown_command(service: ServiceLine, *, fold: bool, column: int) -> str:
    """The command with its arguments as postconf -F shows them, beginning in that column."""
    return _command(service, _shown, fold=fold, column=column)


def _head(service: ServiceLine) -> str:
    head = ""
    for field, next_column in zip(service.fields, _COLUMNS[1:], strict=True):
        head = f"{head}{field} ".ljust(next_column)
    return head


def _command(service: ServiceLine, write: Write, *, fold: bool, column: int) -> str:
    text = braced(service.words[0])
    column += len(text)
    for word in _words(service.words[1:]):
        written = write(word)
        if fold and (word.alone or column + 1 + len(written) >= LINE_LIMIT):
            text += f"\n{INDENT}{written}"
            column = len(INDENT) + len(written)
        else:
            text += f" {written}"
            column += 1 + len(written)
        if word.alone:
            # What follows an option with a value starts a line as well.
            column = LINE_LIMIT
    return text


def _words(words: tuple[str, ...]) -> Iterator[_Word]:
    rest = iter(words)
    opening = True
    for word in rest:
        value = next(rest, None) if opening and word == "-o" else None
        if value is not None:
            yield _Word(value, option=word)
            continue
        ended = not opening or word == END_OF_OPTIONS
        yield _Word(word, opening=not ended)
        opening = opening and word.startswith("-") and not ended


def _protected(word: _Word) -> str:
    return f"{word.option} {braced(word.text)}" if word.option else braced(word.text)


def _shown(word: _Word) -> str:
    """Postfix shows braces for what contains blanks, but not around the first argument."""
    if word.option or not word.opening:
        text = f"{{{word.text}}}" if _has_blank(word.text) else word.text
    else:
        text = word.text
    return f"{word.option} {text}" if word.option else text


def braced(word: str) -> str:
    """A word that whitespace would take apart, in braces."""
    return f"{{{word}}}" if not word or _has_blank(word) else word


def _has_blank(word: str) -> bool:
    return any(blank in word for blank in BLANK)
