"""Source files in logical lines: comments dropped, continued lines joined (postmap(1)).

A logical line starts with text; a line that starts with white space continues it. Empty
lines and lines whose first text is ``#`` are nothing, wherever they stand.
"""

from collections.abc import Iterator
from typing import NamedTuple

SPACE = " \t\n\v\f\r"


class LogicalLine(NamedTuple):
    """``number`` is that of its first line, counted from 1."""

    number: int
    text: str


def logical_lines(text: str) -> Iterator[LogicalLine]:
    number = 0
    parts: list[str] = []
    for count, line in enumerate(text.split("\n"), 1):
        content = line.lstrip(SPACE)
        if not content or content[0] == "#":
            continue
        if parts and line[0] in SPACE:
            parts.append(line)
            continue
        if parts:
            yield LogicalLine(number, "".join(parts))
        number, parts = count, [line]
    if parts:
        yield LogicalLine(number, "".join(parts))


def read_text(descriptor: int) -> str:
    """The whole file, closed; bytes that are no UTF-8 become lone surrogates for the caller."""
    with open(descriptor, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        return file.read()
