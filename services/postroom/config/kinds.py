"""Kinds of parameter values: what text each accepts and the value it stands for.

A kind is asked for the value of an *expanded* text and raises ValueError with a reason that
names no parameter: the caller knows the name, the file and the line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from postroom.config.braces import UnbalancedBraces, split_words
from postroom.config.expansion import compatibility
from postroom.config.ports import known_ports
from postroom.config.references import check_syntax

Value = bool | int | float | str | tuple[str, ...]

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

MAX_INT = 2**31 - 1
"""Larger numbers, and times of more seconds, are too large for Postfix."""

MAX_NUMBER = 2**63 - 1
"""Larger numbers do not fit the integers that cross sockets."""

MAX_LIST_FILES = 100
"""Lists may name files that name files; beyond this they name each other."""

MAX_HOST_NAME = 255
"""RFC 1035 section 2.3.4."""

_LABEL = r"\w(?:[\w-]{0,61}\w)?"
_HOST_NAME = re.compile(rf"(?=.*[^0-9.]){_LABEL}(?:\.{_LABEL})*", re.ASCII)
# Postfix looks at the first letter of a unit. What more there is has to be its name, all the same:
# else five months would be five minutes.
_UNITS = r"s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?"
_TIME = re.compile(rf"\+?([0-9]+)({_UNITS})?")
_NUMBER = re.compile(r"[-+]?[0-9]+")
_TABLE = re.compile(r"!?[a-z][a-z0-9_-]*:")


class Kind:
    """What a parameter's text may be. ``name`` is how messages and manuals call it."""

    name = "text"
    expanded = True
    """Whether ``$name`` in the text is main.cf's; else it is left to whoever uses the value."""

    def value(self, text: str) -> Value:
        """The value of an expanded text; ValueError where it is none."""
        return text


class Text(Kind):
    """Any text, or with ``needed`` any but the empty one."""

    def __init__(self, *, needed: bool = False) -> None:
        self.needed = needed

    def value(self, text: str) -> str:
        if self.needed and not text:
            raise ValueError("must not be empty")
        return text


class RootedPath(Kind):
    """A file or directory, wherever who looks for it may be."""

    name = "path"

    def value(self, text: str) -> str:
        if not text.startswith("/"):
            raise ValueError(f'wants a path from the root, not "{text}"')
        return text


class HostName(Kind):
    """The name of a host or a domain (RFC 1123 section 2.1), underscores let through.

    Numbers alone would be taken for an address, and by some for a lie.
    """

    name = "host name"

    def value(self, text: str) -> str:
        if not _HOST_NAME.fullmatch(text) or len(text) > MAX_HOST_NAME:
            raise ValueError(f'"{text}" is no host name')
        return text


class Level(Kind):
    """A compatibility level: a version of Postfix whose defaults are wanted."""

    name = "compatibility level"

    def value(self, text: str) -> str:
        compatibility(text)
        return text


class Template(Text):
    """Text with ``$name`` of its own, filled in for each message or reply."""

    name = "template"
    expanded = False


class Macros(Template):
    """The same, in the form that main.cf's own references have."""

    def value(self, text: str) -> str:
        check_syntax(text)
        return text


class YesNo(Kind):
    """yes or no, in any letter case."""

    name = "yes/no"

    def value(self, text: str) -> bool:
        try:
            return {"yes": True, "no": False}[text.lower()]
        except KeyError:
            raise ValueError(f'wants yes or no, not "{text}"') from None


class Time(Kind):
    """A whole number with an optional unit (s m h d w, or its name); the value is in seconds."""

    name = "time"

    def __init__(self, unit: str, low: int = 0, high: int = MAX_INT) -> None:
        """``low`` and ``high`` in seconds."""
        self.unit = unit
        self.low = low
        self.high = high

    def value(self, text: str) -> float:
        match = _TIME.fullmatch(text)
        if not match:
            raise ValueError(f'wants a time (a number with s, m, h, d or w), not "{text}"')
        number, unit = int(match[1]), (match[2] or self.unit)[0]
        seconds = number * SECONDS[unit]
        if seconds < self.low:
            raise ValueError(f"must be at least {self.low}s")
        if seconds > self.high:
            raise ValueError(f"must be at most {self.high}s")
        return float(seconds)


class Number(Kind):
    """A whole number between two bounds."""

    name = "number"

    def __init__(self, low: int = 0, high: int = MAX_INT) -> None:
        self.low = low
        self.high = high

    def value(self, text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise ValueError(f'wants a number, not "{text}"')
        number = int(text)
        if not self.low <= number <= self.high:
            raise ValueError(f"{number} is not between {self.low} and {self.high}")
        return number


class Choice(Kind):
    """One of a few words, in any letter case; the value is in lower case."""

    name = "choice"

    def __init__(self, *words: str) -> None:
        self.words = words

    def value(self, text: str) -> str:
        word = text.lower()
        if word not in self.words:
            raise ValueError(f'wants one of {", ".join(filter(None, self.words))}, not "{text}"')
        return word


class Words(Kind):
    """Words separated by commas or whitespace, from a given set where there is one."""

    name = "list"

    def __init__(self, *allowed: str) -> None:
        self.allowed = frozenset(allowed)

    def value(self, text: str) -> tuple[str, ...]:
        words = _words(text)
        for word in words:
            if self.allowed and word not in self.allowed:
                raise ValueError(f'"{word}" is none of {", ".join(sorted(self.allowed))}')
        return words


class Ports(Kind):
    """Names of ports with their numbers, ``name=name=number``, separated by commas."""

    name = "ports"

    def value(self, text: str) -> tuple[str, ...]:
        return known_ports(text)


class Templates(Words):
    """A list of texts whose ``$name`` are filled in for each message."""

    name = "templates"
    expanded = False

    def value(self, text: str) -> tuple[str, ...]:
        words = super().value(text)
        for word in words:
            check_syntax(word)
        return words


class Tables(Kind):
    """Lookup tables, ``type:name`` each, in the order they are asked."""

    name = "tables"

    def value(self, text: str) -> tuple[str, ...]:
        words = _words(text)
        for word in words:
            if not _TABLE.match(word):
                raise ValueError(f'"{word}" is no table: it needs the form type:name')
        return words


class Cache(Tables):
    """A table that a daemon fills itself: there need be none before."""


class Patterns(Kind):
    """A list to match against: names, networks, tables, and files with more of these.

    ``/file`` is replaced with the patterns in that file (one or more a line, ``#`` begins a
    comment line), ``!/file`` with their negation: services never see the file.
    """

    name = "patterns"

    def value(self, text: str) -> tuple[str, ...]:
        words = _words(text)
        if "/" not in text:
            return words
        return tuple(_with_files(words, "", [MAX_LIST_FILES]))


class Restrictions(Kind):
    """Access restrictions in the order they are tried; their arguments stay words."""

    name = "restrictions"

    def value(self, text: str) -> tuple[str, ...]:
        return _words(text)


class NameOrFile(Kind):
    """A name, or the path of a file whose first line is the name (as /etc/mailname)."""

    name = "name or file"

    def value(self, text: str) -> str:
        name = first_line(text) if text.startswith("/") else text
        if len(split_words(name)) != 1:
            raise ValueError(f'wants one name, not "{name}"')
        return name


def first_line(path: str) -> str:
    """The first line of a file that stands for a name."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {path}: {error}") from None


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(split_words(text))
    except UnbalancedBraces as error:
        raise ValueError(str(error)) from None


def _with_files(words: tuple[str, ...], sign: str, left: list[int]) -> Iterator[str]:
    """Patterns with every file replaced; ``sign`` is ! inside a negated file."""
    for word in words:
        pattern = word.lstrip("!")
        negated = sign if (len(word) - len(pattern)) % 2 == 0 else _negation(sign)
        if pattern.startswith("/"):
            left[0] -= 1
            if left[0] < 0:
                raise ValueError(f"too many files in files at {pattern}")
            yield from _with_files(_patterns_of(Path(pattern)), negated, left)
        else:
            yield negated + pattern


def _negation(sign: str) -> str:
    return "" if sign else "!"


def _patterns_of(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    return _words(" ".join(line for line in lines if not line.startswith("#")))
