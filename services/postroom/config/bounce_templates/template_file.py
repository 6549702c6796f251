"""The file of templates: ``name = <<WORD``, lines, ``WORD`` (bounce(5), TEMPLATE FILE FORMAT)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from postroom.config.problem import ConfigError

MAX_SIZE: Final = 65_536
"""Far more than anybody reads in a report, and as much as travels well in a unit file."""


class Entry(NamedTuple):
    """``line`` is where the entry ended; ``problem`` says what is odd about it, if anything is."""

    name: str
    text: str
    line: int
    problem: str = ""


def read_entries(path: Path) -> Iterator[Entry]:
    """In the order of the file; raises ConfigError where it cannot be read or understood."""
    source = _read(path).replace(b"\r\n", b"\n").removesuffix(b"\n")
    lines = iter(enumerate(source.decode("utf-8", "surrogateescape").split("\n"), 1))
    for number, line in lines:
        if line.strip() and not line.startswith("#"):
            yield _entry(path, number, line, lines)


def _read(path: Path) -> bytes:
    """The boot of the machine waits for this: a FIFO must not keep it waiting."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            source = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise ConfigError(path, 0, f"open: {error.strerror}") from None
    if len(source) > MAX_SIZE:
        raise ConfigError(path, 0, f"more than {MAX_SIZE} bytes")
    return source


def _entry(path: Path, number: int, line: str, lines: Iterator[tuple[int, str]]) -> Entry:
    name, equals, value = (word.strip() for word in line.partition("="))
    if not equals:
        raise ConfigError(path, number, f"missing '=' after attribute name: \"{name}\"")
    if not value.startswith("<<"):
        return Entry(name, f"{value}\n", number)
    marker = value[2:].strip()
    if not marker:
        raise ConfigError(path, number, "missing end marker after <<")
    text: list[str] = []
    for number, line in lines:  # noqa: PLR1704 (the lines of the entry go on)
        if line == marker:
            return Entry(name, "".join(text), number)
        text.append(f"{line}\n")
    return Entry(name, "".join(text), number, f'missing "{marker}" end marker')
