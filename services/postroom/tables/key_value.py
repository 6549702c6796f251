"""Source files of ``key white-space value`` lines: access(5), virtual(5), transport(5) and more."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from postroom.config.logical_lines import BLANK, LogicalLine, is_stray_continuation, logical_lines
from postroom.tables.quoting import first_outside_quotes

NO_VALUE = "expected format: key whitespace value"
_NUL = "\0"


class Entry(NamedTuple):
    number: int
    key: str
    value: str


class Flaw(NamedTuple):
    """A line that does not say what it should; ``text`` is for the one who wrote it.

    A line without a number stands for itself. An entry may follow nevertheless.
    """

    number: int
    text: str

    def told(self, title: str) -> str:
        """The whole complaint, about the file called ``title``."""
        return (
            f"{title}, line {self.number}: {self.text}" if self.number else f"{title}: {self.text}"
        )


# Most lines are a key and a value of printable ASCII, the key without quotes and backslashes, and
# the next line begins an entry as well: these are found at once, in two thirds of the time that
# line by line takes. The alternative is anything else, up to the next line that begins an entry.
_LINES = re.compile(
    r"""
    ([!$-9;-\[\]-~][!\#-9;-\[\]-~]*) [\t\ ]+ ([!-~](?:[\t\ -~]*[!-~])?) [\t\ ]*\n (?![\s\#])
    | [^\n]*\n? (?:(?=[\s\#])[^\n]*\n?)*
    """,
    re.ASCII | re.VERBOSE,
)


def entries(text: str) -> Iterator[Entry | Flaw]:
    """Every entry and every flaw, in the order of the file."""
    number = 1
    for found in _LINES.finditer(text):
        key, value = found.groups()
        if key is not None:
            yield Entry(number, key, value)
            number += 1
            continue
        lines = logical_lines(found[0])
        yield from of_lines(LogicalLine(one.text, number + one.number - 1) for one in lines)
        number += found[0].count("\n")


def of_lines(lines: Iterable[LogicalLine]) -> Iterator[Entry | Flaw]:
    """What lines say, whatever is in them."""
    for line in usable(lines):
        yield from (line,) if isinstance(line, Flaw) else _of_line(line)


def usable(lines: Iterable[LogicalLine]) -> Iterator[LogicalLine | Flaw]:
    """The lines that any source file may have; a NUL ends one, as it ends C's strings."""
    for line in lines:
        if is_stray_continuation(line):
            shown = printable(line.text[:30])
            yield Flaw(0, f'logical line must not start with whitespace: "{shown}"')
            continue
        text, nul, _ = line.text.partition(_NUL)
        if nul:
            yield Flaw(line.number, "text after null byte may be ignored")
        yield line._replace(text=text)


def _of_line(line: LogicalLine) -> Iterator[Entry | Flaw]:
    """An entry, a flaw, or a flaw and an entry."""
    if flaw := flaw_of(line):
        yield flaw
        return
    text = line.text.strip(BLANK)
    end = first_outside_quotes(text, BLANK)
    if end is None:
        yield Flaw(line.number, f"unbalanced '\"' in '{printable(text)}' -- ignoring this line")
        return
    key, value = text[:end], text[end:].strip(BLANK)
    if not value:
        yield Flaw(line.number, NO_VALUE)
        return
    if key.endswith(":"):
        yield Flaw(line.number, 'record is in "key: value" format; is this an alias file?')
    yield Entry(line.number, key, value)


def flaw_of(line: LogicalLine) -> Flaw | None:
    """What keeps a line from being an entry of any kind."""
    if line.text.isascii() or is_utf8(line.text):
        return None
    return Flaw(line.number, f'non-UTF-8 input "{printable(line.text)}" -- ignoring this line')


def printable(text: str) -> str:
    """``text`` for a terminal or a log: nothing in it that controls these, or is no character."""
    return "".join(char if char.isprintable() else "?" for char in text)


def is_utf8(text: str) -> bool:
    """Whether the bytes that ``text`` was read from were UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
