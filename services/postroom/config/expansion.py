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


def expand(text: str, lookup: Lookup, level: int = 0) -> str:
    """Replace every reference; raises UndefinedName for one to what ``lookup`` does not know."""
    if level > MAX_NESTING:
        raise ExpansionError(f'unreasonable macro call nesting: "{text}"')
    if "$" not in text:
        return text
    parts = []
    index = 0
    while (dollar := text.find("$", index)) >= 0:
        parts.append(text[index:dollar])
        value, index = _reference(text, dollar + 1, lookup, level + 1)
        parts.append(value)
    parts.append(text[index:])
    return "".join(parts)


def check_syntax(text: str) -> None:
    """Raises ExpansionError where that can be told without values."""
    for value in ("", "text"):
        expand(text, lambda _, value=value: value)  # type: ignore[misc]


def names_in(text: str) -> set[str]:
    """Every name a value refers to, in whichever branch; what a spelling check asks for.

    A reference that does not end is none, and ends the value.
    """
    return set(re.findall(r"\$(?:\$|[({]?[ \t]*([A-Za-z0-9_]+))", text[: _sound(text)])) - {""}


def _sound(text: str) -> int:
    """Where the first reference begins that does not end; else the length."""
    for bracket in re.finditer(r"\$\$|\$([({])", text):
        if bracket[1]:
            try:
                matching(text, bracket.start(1))
            except UnbalancedBraces:
                return bracket.start()
    return len(text)


def _reference(text: str, index: int, lookup: Lookup, level: int) -> tuple[str, int]:
    """The value of what follows a dollar sign, and where the text goes on."""
    if text[index : index + 1] == "$":
        return "$", index + 1
    if text[index : index + 1] in ("{", "("):
        try:
            end = matching(text, index)
        except UnbalancedBraces:
            raise ExpansionError(f'truncated macro reference: "{text}"') from None
        return _expression(text[index + 1 : end], lookup, level), end + 1
    name = _NAME.match(text, index)
    if not name:
        raise ExpansionError(f'empty macro name: "{text}"')
    return _value(name.group(), lookup(name.group()), lookup, level), name.end()


def _value(name: str, value: str | None, lookup: Lookup, level: int) -> str:
    if value is None:
        raise UndefinedName(f"undefined name: {name}")
    return expand(value, lookup, level)


def _expression(body: str, lookup: Lookup, level: int) -> str:
    """What stands between the brackets of ``${…}``."""
    start = len(body) - len(body.lstrip(BLANK))
    plain: str | None
    if body[start : start + 1] == "{":
        holds, end = _comparison(body, start, lookup, level)
        plain = TRUE if holds else ""
    else:
        name = _NAME.match(body, start)
        if not name:
            raise ExpansionError(f'empty macro name: "${{{body}}}"')
        plain, end = lookup(name.group()), name.end()
    branches = _branches(body, end)
    if branches.plain:
        return _value(body[start:end], plain, lookup, level)
    return expand(branches.filled if plain else branches.empty, lookup, level)


class _Branches(NamedTuple):
    """The texts for a condition that holds and one that does not; or none at all."""

    filled: str = ""
    empty: str = ""
    plain: bool = False


def _branches(body: str, index: int) -> _Branches:
    index = _skip_blank(body, index)
    if index == len(body):
        return _Branches(plain=True)
    if body[index] == ":":
        return _Branches(empty=_last_branch(body, index + 1))
    if body[index] != "?":
        raise _unexpected("attribute name syntax error", body, index)
    braced = _skip_blank(body, index + 1)
    if body[braced : braced + 1] != "{":
        return _Branches(filled=body[index + 1 :])
    filled, end = _braced(body, braced)
    end = _skip_blank(body, end)
    if end == len(body):
        return _Branches(filled=filled)
    if body[end] != ":":
        raise _unexpected('":" expected', body, end)
    return _Branches(filled, _last_branch(body, end + 1))


def _last_branch(body: str, index: int) -> str:
    """The text after ``:``, in braces or as it stands."""
    braced = _skip_blank(body, index)
    if body[braced : braced + 1] != "{":
        return body[index:]
    text, end = _braced(body, braced)
    if _skip_blank(body, end) != len(body):
        raise _unexpected("unexpected input", body, end)
    return text


def _comparison(body: str, start: int, lookup: Lookup, level: int) -> tuple[bool, int]:
    """``{left} operator {right}``: whether it holds, and where it ends."""
    left, end = _braced(body, start)
    sign = _OPERATOR.match(body, _skip_blank(body, end))
    if not sign or sign.group().removesuffix("level") not in _COMPARE:
        raise _unexpected("comparison operator expected", body, end)
    start = _skip_blank(body, sign.end())
    if body[start : start + 1] != "{":
        raise _unexpected('"{expression}" expected', body, sign.end())
    right, end = _braced(body, start)
    values = expand(left, lookup, level), expand(right, lookup, level)
    return _holds(sign.group(), *values), end


def _holds(sign: str, left: str, right: str) -> bool:
    compare = _COMPARE[sign.removesuffix("level")]
    if sign.endswith("level"):
        return compare(compatibility(left), compatibility(right))
    if left.isascii() and right.isascii() and left.isdigit() and right.isdigit():
        return compare(int(left), int(right))
    return compare(left, right)


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
