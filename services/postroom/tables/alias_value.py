"""The value of an alias as postalias(1) stores it, which is what ``postalias -q`` shows.

However it is written: words and comments stand one blank apart, a comma has a blank behind,
nothing has one around ``@`` and ``.``, and what a backslash protects stands in quotes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""\s++
      | "(?P<quoted>(?:[^"\\]|\\.)*+)"?
      | \[(?P<literal>(?:[^]\\]|\\.)*+)\]?
      | (?P<special>[]()<>@,;:.!%|])
      | (?P<word>(?:[^][()<>@,;:.!%|"\\\s]|\\.)++)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_BLANK = re.compile(r"\s", re.ASCII)
_NO_WORD = re.compile(r'[][()<>@,;:.!%|"\\\s]', re.ASCII)
_WORDS = frozenset(("word", "quoted", "literal", "comment"))


class _Token(NamedTuple):
    kind: str
    text: str


def stored_form(value: str) -> str:
    parts: list[str] = []
    before = ""
    for kind, text in _tokens(value):
        apart = text == "<" if kind == "special" else before in _WORDS
        if apart and parts and parts[-1] != ", ":
            parts.append(" ")
        parts.append(text)
        before = kind
    return "".join(parts)


def _tokens(value: str) -> Iterator[_Token]:
    """As they are stored, without the blanks between them."""
    position = 0
    while found := _TOKEN.search(value, position):  # a last backslash protects nothing
        position = found.end()
        kind = found.lastgroup
        if found[0] == "(":
            position = _end_of_comment(value, found.start())
            yield _Token("comment", value[found.start() : position])
        elif kind is not None:
            yield _Token(kind, _shown(kind, found[kind]))


def _end_of_comment(value: str, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return len(value)


def _shown(kind: str, text: str) -> str:
    if kind == "special":
        return ", " if text == "," else text
    plain = _BLANK.sub(" ", _ESCAPE.sub(r"\1", text))
    if kind == "literal":
        return f"[{plain}]"
    if kind == "quoted" or _NO_WORD.search(plain):
        return '"' + re.sub(r'(["\\])', r"\\\1", plain) + '"'
    return plain
