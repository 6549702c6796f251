"""A service as a line of master.cf, the way postconf -M writes it."""

from collections.abc import Iterator

from postroom.config.logical_lines import BLANK
from postroom.config.master_cf import ServiceLine

LINE_LIMIT = 80
"""Columns of a folded line."""

INDENT = "    "
"""What a continuation line begins with."""

_WIDTHS = (10, 5, 7, 7, 7, 7, 7)
"""Columns of the fields before the command."""


def line_of(service: ServiceLine, *, fold: bool) -> str:
    """The whole line; folded, every option with a value has a line of its own."""
    columns = zip(service.fields, _WIDTHS, strict=True)
    head = " ".join(f"{field:<{width}}" for field, width in columns)
    return head + " " + command_of(service, fold=fold, column=len(head) + 1)


def command_of(service: ServiceLine, *, fold: bool, column: int = 0) -> str:
    """The command and its arguments; ``column`` is where they begin."""
    text = service.words[0]
    column += len(text)
    for group, alone in _groups(service.words[1:]):
        if fold and (alone or column + 1 + len(group) >= LINE_LIMIT):
            text += f"\n{INDENT}{group}"
            column = len(INDENT) + len(group)
        else:
            text += f" {group}"
            column += 1 + len(group)
        if alone:
            # What follows an option with a value starts a line as well.
            column = LINE_LIMIT
    return text


def _groups(words: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Arguments, options together with their values (and True)."""
    rest = iter(words)
    options = True
    for word in rest:
        options = options and word.startswith("-")
        value = next(rest, None) if options and word == "-o" else None
        if value is None:
            yield braced(word), False
        else:
            yield f"{word} {braced(value)}", True


def braced(word: str) -> str:
    """A word that whitespace would take apart, in braces."""
    return f"{{{word}}}" if not word or any(blank in word for blank in BLANK) else word
