"""Perl's regular expressions, as pcre_table(5) has them.

Most are searched for by Python's ``re``, to which their words are translated: a call of the PCRE2
library from here takes several times as long. What ``re`` has not (``\\p{…}``, recursion, ``\\K``,
verbs, flag ``U`` …) is left to the library, and so is the judgement on what is no pattern.

Flags, each turning its default around: ``i`` ignore case (on), ``s`` dot matches newline (on),
``m`` lines, ``x`` comments and space, ``A`` anchored, ``E`` ``$`` is the very end, ``U`` repeats
take as little as they can (all off); ``X`` changes nothing. Translated: ``(?<name>…)``, ``\\k``,
``\\Q…\\E``, ``\\h``, ``\\R``, ``\\z``, ``\\Z``, ``\\N``, ``\\e``, ``\\x{…}``, ``[[:alpha:]]``,
options like ``(?i)`` anywhere. Letters, digits and case are ASCII.
"""

import re
from collections.abc import Callable

from postroom.tables import perl_library
from postroom.tables.bracket import posix_class
from postroom.tables.conditional import Unusable
from postroom.tables.expression import Expression

_OPTIONS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_FLAGS = "imsxAEU"
_DEFAULTS = "is"
_TOKEN = re.compile(
    r"""
      \\Q(?P<quoted>.*?)(?:\\E|\Z)
    | (?P<reference>\\k(?:<\w+>|\{\w+\}|'\w+')|\\g\{?\d+\}?)
    | \\x\{(?P<code>[0-9A-Fa-f]{1,6})\}
    | (?P<escape>\\(?!N\{).)
    | \(\?(?P<options>[imsx]*(?:-[imsx]+)?)\)
    | (?P<name>\(\?(?:<|')(?P<word>\w+)(?:>|'))
    | (?P<comment>\(\?\#[^)]*\))
    | (?P<foreign>\\N\{|\(\*|\(\?(?!:|=|!|>|<=|<!|P<|P=|\(|[imsx-]+:))
    | (?P<class>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^]])*\])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<end>\$)
    | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {
    "\\z": r"\Z",
    "\\Z": r"(?=\n?\Z)",
    "\\h": r"[ \t]",
    "\\H": r"[^ \t]",
    "\\R": r"(?:\r\n|[\n\v\f\r])",
    "\\N": r"[^\n]",
    "\\e": r"\x1b",
    "\\E": "",
}
_CLASS_PART = re.compile(
    r"(?P<posix>\[:(?P<name>\^?\w+):\])|\\(?P<escape>.)|(?P<char>.)", re.DOTALL
)
_CLASS_ESCAPES = {"h": r" \t", "e": r"\x1b"}


class _Untranslatable(Exception):
    """There are no words for it in ``re``."""


def compiled(pattern: str, flags: str) -> Expression:
    """Raises Unusable."""
    unknown = flags.strip(_FLAGS + "X")
    if unknown:
        raise Unusable(f'unknown regexp option "{unknown[0]}"')
    chosen = "".join(
        flag for flag in _FLAGS if (flags.count(flag) + _DEFAULTS.count(flag)) % 2 == 1
    )
    try:
        return _translated(pattern, chosen)
    except (_Untranslatable, re.error, RecursionError, OverflowError):
        return perl_library.compiled(pattern, chosen)


def _translated(pattern: str, chosen: str) -> re.Pattern[str]:
    """Raises _Untranslatable, or what ``re`` raises."""
    if "U" in chosen:
        raise _Untranslatable
    options = re.RegexFlag.ASCII
    for letter, option in _OPTIONS.items():
        if letter in chosen:
            options |= option
    text = _Translation(end=r"\Z" if "E" in chosen and "m" not in chosen else "$").of(pattern)
    return re.compile(rf"\A(?:{text})" if "A" in chosen else text, options)


class _Translation:
    """Options set in the middle of a group hold to its end, over its ``|``: they become groups."""

    def __init__(self, end: str) -> None:
        self._end = end
        self._groups: list[list[str]] = [[]]  # options set in each open group
        self._handlers: dict[str, Callable[[re.Match[str]], str]] = {
            "quoted": lambda token: re.escape(token["quoted"]),
            "reference": _reference,
            "code": lambda token: re.escape(chr(int(token["code"], 16))),
            "escape": lambda token: _ESCAPES.get(token[0], token[0]),
            "options": self._set_options,
            "word": self._named_group,
            "name": self._named_group,
            "comment": lambda token: "",
            "foreign": _refuse,
            "class": lambda token: _class(token[0]),
            "open": self._open,
            "close": self._close,
            "bar": self._bar,
            "end": lambda token: self._end,
            "plain": lambda token: token[0],
        }

    def of(self, pattern: str) -> str:
        text = "".join(
            self._handlers[token.lastgroup or "plain"](token) for token in _TOKEN.finditer(pattern)
        )
        return text + ")" * len(self._groups[0])

    def _set_options(self, token: re.Match[str]) -> str:
        if not token["options"]:
            return ""
        opening = f"(?{token['options']}:"
        self._groups[-1].append(opening)
        return opening

    def _named_group(self, token: re.Match[str]) -> str:
        self._groups.append([])
        return f"(?P<{token['word']}>"

    def _open(self, token: re.Match[str]) -> str:
        self._groups.append([])
        return "("

    def _close(self, token: re.Match[str]) -> str:
        if len(self._groups) == 1:
            raise _Untranslatable
        return ")" * (1 + len(self._groups.pop()))

    def _bar(self, token: re.Match[str]) -> str:
        opened = self._groups[-1]
        return ")" * len(opened) + "|" + "".join(opened)


def _reference(token: re.Match[str]) -> str:
    name = token[0][2:].strip("<>{}'")
    return f"(?:\\{name})" if name.isdigit() else f"(?P={name})"


def _refuse(token: re.Match[str]) -> str:
    raise _Untranslatable(token[0])


def _class(text: str) -> str:
    """A bracket expression; what ``re`` might read as set operations is escaped."""
    opening = "[^" if text.startswith("[^") else "["
    inside = text[len(opening) : -1]
    return opening + "".join(map(_class_part, _CLASS_PART.finditer(inside))) + "]"


def _class_part(part: re.Match[str]) -> str:
    if part["posix"]:
        try:
            return posix_class(part["name"])
        except KeyError:
            raise _Untranslatable(part["name"]) from None
    if part["escape"]:
        return _CLASS_ESCAPES.get(part["escape"], part[0])
    return "\\" + part[0] if part["char"] in "[]&|~" else part[0]
