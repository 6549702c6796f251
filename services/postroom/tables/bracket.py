"""Bracket expressions, ``[a-z[:digit:]]``, in the words of Python's ``re``."""

from postroom.tables.conditional import Unusable

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "word": "a-zA-Z0-9_",
    "xdigit": "0-9A-Fa-f",
}
# What ``re`` would read as more than itself inside of brackets.
_SPECIAL = frozenset("\\[]^&|~-")


def bracket(text: str, position: int, *, lines: bool) -> tuple[str, int]:
    """The POSIX expression whose ``[`` stands before ``position``, and where it ends.

    With ``lines`` a negated expression does not match a newline (REG_NEWLINE). Raises Unusable.
    """
    negated = text.startswith("^", position)
    start = position = position + negated
    parts: list[str] = []
    while not (text.startswith("]", position) and position > start):
        if position >= len(text):
            raise Unusable("Unmatched [, [^, [:, [., or [=")
        part, position = _part(text, position)
        parts.append(part)
    newline = r"\n" if negated and lines else ""
    return f"[{'^' if negated else ''}{''.join(parts)}{newline}]", position + 1


def _part(text: str, position: int) -> tuple[str, int]:
    """A class, or one character or range of characters."""
    if text.startswith("[:", position):
        name, position = _named(text, position)
        if name not in _CLASSES:
            raise Unusable(f"Invalid character class name: {name}")
        return _CLASSES[name], position
    first, position = _character(text, position)
    if text.startswith("-", position) and text[position + 1 : position + 2] not in ("]", ""):
        last, position = _character(text, position + 1)
        if last < first:
            raise Unusable("Invalid range end")
        return f"{_literal(first)}-{_literal(last)}", position
    return _literal(first), position


def _character(text: str, position: int) -> tuple[str, int]:
    if text.startswith(("[.", "[="), position):
        name, position = _named(text, position)
        if len(name) != 1:
            raise Unusable(f"Invalid collation character: {name}")
        return name, position
    return text[position], position + 1


def _named(text: str, position: int) -> tuple[str, int]:
    """The name in ``[:name:]`` and its like, and where that ends."""
    closing = text[position + 1] + "]"
    end = text.find(closing, position + 2)
    if end < 0:
        raise Unusable("Unmatched [, [^, [:, [., or [=")
    return text[position + 2 : end], end + 2


def _literal(char: str) -> str:
    return "\\" + char if char in _SPECIAL else char


def posix_class(name: str) -> str:
    """The inside of brackets for ``[:name:]``; KeyError for another name."""
    return _CLASSES[name]
