"""``$name`` and its forms in values (postconf(5), first section).

::

    $name  ${name}  $(name)  ${name?text}  ${name:text}  ${name?{text}:{text}}
    ${{text} == {text} ? {text} : {text}}     operators == != < <= >= > and their …level forms
    $$                                        a dollar sign

Whether a name is empty is decided on its value as written, before expansion, as Postfix does.
"""

import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from postroom.config.braces import UnbalancedBraces, matching
from postroom.config.logical_lines import BLANK

MAX_NESTING = 100
"""Deeper nesting is a value that refers to itself. The number is Postfix's."""

TRUE = "true"
"""What a comparison without ``?`` and ``:`` yields when it holds; else the empty text."""

Lookup = Callable[[str], str | None]

_NAME = re.compile(r"[A-Za-z0-9_]+")
_OPERATOR = re.compile(r"[=!<>]+(?:level)?")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
}


class ExpansionError(ValueError):
    """A value that cannot be expanded, and why."""


class UndefinedName(ExpansionError):
    """The value of a name is wanted that has none; conditions take it for empty."""


def expand(text: str, lookup: Lookup) -> str:
    """Replace every reference; raises UndefinedName for one to what ``lookup`` does not know."""
    return Expander(lookup).expand(text)


class Branches(NamedTuple):
    """The texts for a condition that holds and one that does not; or none at all."""

    filled: str = ""
    empty: str = ""
    plain: bool = False


class Expander:
    """Goes through a text from reference to reference, and through what they refer to."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def expand(self, text: str, level: int = 0) -> str:
        if level > MAX_NESTING:
            raise ExpansionError(f'unreasonable macro call nesting: "{text}"')
        if "$" not in text:
            return text
        parts = []
        index = 0
        while (dollar := text.find("$", index)) >= 0:
            parts.append(text[index:dollar])
            value, index = self._reference(text, dollar + 1, level + 1)
            parts.append(value)
        parts.append(text[index:])
        return "".join(parts)

    def _reference(self, text: str, index: int, level: int) -> tuple[str, int]:
        """The value of what follows a dollar sign, and where the text goes on."""
        if text[index : index + 1] == "$":
            return "$", index + 1
        if text[index : index + 1] in ("{", "("):
            try:
                end = matching(text, index)
            except UnbalancedBraces:
                raise ExpansionError(f'truncated macro reference: "{text}"') from None
            if end == index + 1:
                raise ExpansionError(f'empty macro name: "{text}"')
            return self._expression(text[index + 1 : end], level), end + 1
        name = _NAME.match(text, index)
        if not name:
            raise ExpansionError(f'empty macro name: "{text}"')
        return self._value(name.group(), self._lookup(name.group()), level), name.end()

    def _value(self, name: str, value: str | None, level: int) -> str:
        if value is None:
            raise UndefinedName(f"undefined name: {name}")
        return self.expand(value, level)

    def _expression(self, body: str, level: int) -> str:
        """What stands between the brackets of ``${…}``."""
        start = _skip_blank(body, 0)
        plain: str | None
        if body[start : start + 1] == "{":
            holds, end = self._comparison(body, start, level)
            branches, plain = _branches(body, end), TRUE if holds else ""
        else:
            name = _NAME.match(body, start)
            end = name.end() if name else start
            branches, plain = _branches(body, end), self._lookup(body[start:end])
        if branches.plain:
            return self._value(body[start:end], plain, level)
        return self._chosen(branches, level, filled=bool(plain))

    def _chosen(self, branches: Branches, level: int, *, filled: bool) -> str:
        return self.expand(branches.filled if filled else branches.empty, level)

    def _comparison(self, body: str, start: int, level: int) -> tuple[bool, int]:
        """``{left} operator {right}``: whether it holds, and where it ends."""
        left, end = _braced(body, start)
        sign = _OPERATOR.match(body, _skip_blank(body, end))
        if not sign or sign.group().removesuffix("level") not in _COMPARE:
            raise _unexpected("comparison operator expected", body, end)
        start = _skip_blank(body, sign.end())
        if body[start : start + 1] != "{":
            raise _unexpected('"{expression}" expected', body, sign.end())
        right, end = _braced(body, start)
        values = self.expand(left, level), self.expand(right, level)
        return self._holds(sign.group(), *values), end

    def _holds(self, sign: str, left: str, right: str) -> bool:
        compare = _COMPARE[sign.removesuffix("level")]
        if sign.endswith("level"):
            return compare(compatibility(left), compatibility(right))
        if left.isascii() and right.isascii() and left.isdigit() and right.isdigit():
            return compare(int(left), int(right))
        return compare(left, right)


def _branches(body: str, end: int) -> Branches:
    """What stands behind the ``end`` of a condition."""
    index = _skip_blank(body, end)
    if index == len(body):
        return Branches(plain=True)
    if body[index] == ":":
        return Branches(empty=_last_branch(body, index + 1))
    if body[index] != "?":
        raise _unexpected("attribute name syntax error", body, end)
    braced = _skip_blank(body, index + 1)
    if body[braced : braced + 1] != "{":
        return Branches(filled=body[index + 1 :])
    filled, end = _braced(body, braced)
    end = _skip_blank(body, end)
    if end == len(body):
        return Branches(filled=filled)
    if body[end] != ":":
        raise _unexpected('":" expected', body, end)
    return Branches(filled, _last_branch(body, end + 1))


def _last_branch(body: str, index: int) -> str:
    """The text after ``:``, in braces or as it stands."""
    braced = _skip_blank(body, index)
    if body[braced : braced + 1] != "{":
        return body[index:]
    text, end = _braced(body, braced)
    if _skip_blank(body, end) != len(body):
        raise _unexpected("unexpected input", body, end)
    return text


def compatibility(text: str) -> tuple[int, int, int]:
    """A compatibility level: major, minor and patch number, the missing ones 0."""
    numbers = text.strip(BLANK).split(".")
    if len(numbers) > 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        raise ExpansionError(f'malformed compatibility level syntax: "{text}"')
    major, minor, patch = (*map(int, numbers), 0, 0)[:3]
    return major, minor, patch


def _braced(body: str, start: int) -> tuple[str, int]:
    """The text between braces, whitespace included, and the place after them."""
    try:
        end = matching(body, start)
    except UnbalancedBraces:
        raise ExpansionError(f'unbalanced {{}} in attribute expression: "{body[start:]}"') from None
    return body[start + 1 : end], end + 1


def _skip_blank(body: str, index: int) -> int:
    while index < len(body) and body[index] in BLANK:
        index += 1
    return index


def _unexpected(what: str, body: str, index: int) -> ExpansionError:
    return ExpansionError(f'{what} at: "...{body[:index]}>>>{body[index:]}"')
