"""POSIX regular expressions (regex(7)) in the words of Python's ``re``.

Flags of regexp_table(5), each turning its default around: ``i`` ignore case (on), ``x``
extended expressions (on), ``m`` lines (off: ``^`` and ``$`` are the ends of the text, ``.``
and ``[^a]`` match a newline).

As in the C library: ``\\<`` ``\\>`` ``\\b`` ``\\w`` ``\\s`` and back references work, a backslash
takes the meaning of any other punctuation away, ``)`` without ``(`` is a character; a backslash
before any other letter matches nothing where case is ignored (``\\d`` is no digit). Differs: of
several alternatives the first that leads to a match is taken, not the longest; classes like
``[[:alpha:]]`` are ASCII; equivalence classes are single characters.
"""

import re

from postroom.tables.bracket import bracket
from postroom.tables.conditional import Unusable

_REPEATS = "*+?{"
_SAME_ESCAPES = "wWsS123456789"
_NOTHING = "(?!)"
# Places rather than characters; there is nothing to repeat.
_PLACES = {
    "<": r"\b(?=\w)",
    ">": r"\b(?<=\w)",
    "b": r"\b",
    "B": r"\B",
    "`": r"\A",
    "'": r"\Z",
}
# In basic expressions these are special with a backslash, in extended ones without.
_SWAPPED = "(){}|+?"
_INTERVAL = re.compile(r"(\d*)(,?)(\d*)(?:\\?\})", re.ASCII)


def compiled(pattern: str, flags: str) -> re.Pattern[str]:
    """Raises Unusable or re.error."""
    unknown = flags.strip("imx")
    if unknown:
        raise Unusable(f'unknown regexp option "{unknown[0]}"')
    lines = flags.count("m") % 2 == 1
    ignore_case = flags.count("i") % 2 == 0
    basic = flags.count("x") % 2 == 1
    options = re.ASCII | (re.MULTILINE if lines else re.DOTALL)
    if ignore_case:
        options |= re.IGNORECASE
    translation = _Translation(pattern, basic=basic, lines=lines, ignore_case=ignore_case)
    return re.compile(translation.result(), options)


class _Translation:
    """Reads ``text`` once from left to right; ``_out`` holds one atom per element."""

    def __init__(self, text: str, *, basic: bool, lines: bool, ignore_case: bool) -> None:
        self._text = text
        self._basic = basic
        self._lines = lines
        self._ignore_case = ignore_case
        self._position = 0
        self._out: list[str] = []
        self._groups: list[int] = []  # where in _out each open group began
        self._repeatable = False

    def result(self) -> str:
        while self._position < len(self._text):
            self._next()
        if self._groups:
            raise Unusable("Unmatched ( or \\(")
        return "".join(self._out)

    def _next(self) -> None:
        char = self._take()
        if char == "\\":
            char = self._take() if self._position < len(self._text) else ""
            if not char:
                raise Unusable("Trailing backslash")
            special = self._basic and char in _SWAPPED
            if not special:
                self._escaped(char)
                return
        elif self._basic and char in _SWAPPED:
            self._atom(re.escape(char))
            return
        self._special(char)

    def _take(self) -> str:
        self._position += 1
        return self._text[self._position - 1]

    def _escaped(self, char: str) -> None:
        if char in _PLACES:
            self._mark(_PLACES[char])
        elif char in _SAME_ESCAPES:
            self._atom("\\" + char)
        elif char.isascii() and char.isalpha() and self._ignore_case:
            self._atom(_NOTHING)
        else:
            self._atom(re.escape(char))

    def _special(self, char: str) -> None:
        if char == "[":
            text, self._position = bracket(self._text, self._position, lines=self._lines)
            self._atom(text)
        elif char == "(":
            self._groups.append(len(self._out))
            self._mark("(")
        elif char == ")" and (self._groups or self._basic):
            self._end_group()
        elif char == "|":
            self._mark("|")
        elif char in _REPEATS:
            self._repeat(char)
        elif char in "^$":
            self._anchor(char)
        else:
            self._atom(char if char == "." else re.escape(char))

    def _atom(self, text: str) -> None:
        self._out.append(text)
        self._repeatable = True

    def _mark(self, text: str) -> None:
        self._out.append(text)
        self._repeatable = False

    def _end_group(self) -> None:
        if not self._groups:
            raise Unusable("Unmatched ) or \\)")
        start = self._groups.pop()
        self._out[start:] = ["".join(self._out[start:]) + ")"]
        self._repeatable = True

    def _anchor(self, char: str) -> None:
        if self._basic and not self._is_anchor_here(char):
            self._atom(re.escape(char))
        elif self._lines:
            self._mark(char)
        else:
            self._mark(r"\A" if char == "^" else r"\Z")

    def _is_anchor_here(self, char: str) -> bool:
        """In basic expressions only at the ends of the expression or of a group."""
        if char == "^":
            return not self._out or self._out[-1] in ("(", "|")
        return self._text.startswith(("\\)", "\\|"), self._position) or (
            self._position == len(self._text)
        )

    def _repeat(self, char: str) -> None:
        if not self._repeatable:
            if self._basic and char == "*":
                self._atom(r"\*")
                return
            raise Unusable("Invalid preceding regular expression")
        count = self._interval() if char == "{" else char
        # The group keeps a second repeat from meaning "lazy" or "possessive".
        self._out[-1] = f"(?:{self._out[-1]}{count})"

    def _interval(self) -> str:
        match = _INTERVAL.match(self._text, self._position)
        if not match or not (match[1] or match[2]):
            raise Unusable("Invalid content of \\{\\}")
        self._position = match.end()
        return "{" + (match[1] or "0") + match[2] + match[3] + "}"
