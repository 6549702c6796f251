"""Logical lines, as main.cf, master.cf and most table sources have them (postconf(5))."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.config.problem import ConfigError

BLANK = " \t\n\r\v\f"
"""What separates words. Other white space of Unicode is part of them."""

_WORD = re.compile(f"[^{BLANK}]+")


class LogicalLine(NamedTuple):
    """A line with its continuations; ``number`` is that of its first physical line."""

    text: str
    number: int


def read(path: Path) -> str:
    """A configuration file's text. Bytes that are no UTF-8 survive a round trip."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(path, 0, f"cannot be read: {error.strerror}") from None
    if "\0" in text:
        raise ConfigError(path, text[: text.index("\0")].count("\n") + 1, "contains a NUL byte")
    return text


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """Join continuations; drop comments and blank lines, even between continuations.

    A line that starts with whitespace where nothing is to be continued is yielded as it
    stands, for the caller to complain about.
    """
    held, first = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip(BLANK)
        if not content or content[0] == "#":
            continue
        if line[0] in BLANK and held and held[0] not in BLANK:
            held += line
            continue
        if held:
            yield LogicalLine(held, first)
        held, first = line, number
    if held:
        yield LogicalLine(held, first)


def words(text: str) -> list[str]:
    """What stands between blanks."""
    return _WORD.findall(text)


def is_stray_continuation(line: LogicalLine) -> bool:
    """Whether the line starts with whitespace but continues nothing."""
    return line.text[0] in BLANK
