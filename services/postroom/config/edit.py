"""Changes to main.cf and master.cf that leave comments, order and everything else alone.

An entry is named by a key: a parameter's name, or a service's ``name/type``. Comments within the
continuation lines of an entry stay where they are.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from postroom.config.logical_lines import BLANK, words

KeyOf = Callable[[str], str]
"""From the first physical line of an entry to its key."""


class _Line(NamedTuple):
    """A physical line; ``key`` is that of its entry, None for comments and blank lines."""

    text: str
    key: str | None
    first: bool


def parameter_key(line: str) -> str:
    """The name that a line of main.cf sets."""
    return line.partition("=")[0].strip(BLANK)


def service_key(line: str) -> str:
    """``name/type`` of a line of master.cf."""
    return "/".join(words(line)[:2])


def replace(text: str, entries: Mapping[str, str], key_of: KeyOf) -> str:
    """Put each entry in the place of the one with its key, or at the end."""
    missing = dict(entries)
    lines: list[str] = []
    for line in _lines(text, key_of):
        if line.key is None or line.key not in entries:
            lines.append(line.text)
        elif line.first:
            lines.append(entries[line.key])
            missing.pop(line.key, None)
    return _text([*lines, *(missing[key] for key in sorted(missing))])


def replace_all(text: str, keys: Collection[str], key: str, entry: str, key_of: KeyOf) -> str:
    """Put an entry in the place of all entries with these keys, or under its own at the end."""
    if not keys:
        return replace(text, {key: entry}, key_of)
    begun = [number for number, line in _numbered(text, key_of) if line.first and line.key in keys]
    return replace_at(text, {begun[0]: entry, **dict.fromkeys(begun[1:])})


def replace_at(text: str, entries: Mapping[int, str | None]) -> str:
    """Put entries in the place of those that begin on these lines (from 1); None removes."""
    lines: list[str] = []
    begun = 0
    for number, line in _numbered(text, str):
        begun = number if line.first else begun
        if line.key is None or begun not in entries:
            lines.append(line.text)
        elif line.first and (entry := entries[begun]) is not None:
            lines.append(entry)
    return _text(lines)


def comment_out(text: str, keys: Collection[str], key_of: KeyOf) -> str:
    """Turn entries into comments."""
    return _text(
        [f"#{line.text}" if line.key in keys else line.text for line in _lines(text, key_of)]
    )


def remove(text: str, keys: Collection[str], key_of: KeyOf) -> str:
    """Drop entries."""
    return _text([line.text for line in _lines(text, key_of) if line.key not in keys])


def keys(text: str, key_of: KeyOf) -> list[str]:
    """The keys of all entries in their order, doubles included."""
    return [line.key for line in _lines(text, key_of) if line.first and line.key is not None]


def _numbered(text: str, key_of: KeyOf) -> Iterator[tuple[int, _Line]]:
    return enumerate(_lines(text, key_of), start=1)


def _lines(text: str, key_of: KeyOf) -> list[_Line]:
    """Every physical line with the entry it belongs to (see ``logical_lines``)."""
    lines: list[_Line] = []
    key: str | None = None
    for line in text.removesuffix("\n").split("\n") if text else ():
        content = line.strip(BLANK)
        if not content or content[0] == "#":
            lines.append(_Line(line, None, False))
        elif line[0] in BLANK:
            lines.append(_Line(line, key, False))
        else:
            key = key_of(line)
            lines.append(_Line(line, key, True))
    return lines


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
