"""Lists of rules with ``if`` … ``endif`` around some: what cidr, regexp and pcre tables share."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from postroom.config.logical_lines import BLANK, LogicalLine
from postroom.tables.key_value import Flaw

K = TypeVar("K")
_KEYWORD = re.compile(r"(if|endif)(?![a-z0-9])(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)


class Unusable(Exception):
    """A rule that cannot be obeyed; the text says why. It is skipped, the others count."""

    def __str__(self) -> str:
        return f"{self.args[0]}: skipping this rule"


class Ignored(Unusable):
    """The same, where the text says all that Postfix does."""

    def __str__(self) -> str:
        return str(self.args[0])


class Rule(NamedTuple):
    """``applies`` says whether a key fits (a true value), ``value`` makes the result of that.

    ``doubts`` are warnings about a rule that is obeyed all the same.
    """

    applies: Callable[[Any], object]
    value: Callable[[Any], str]
    doubts: tuple[str, ...] = ()


class Condition(NamedTuple):
    """Of an ``if``; as in a rule."""

    applies: Callable[[Any], object]
    doubts: tuple[str, ...] = ()


class _Step(NamedTuple):
    applies: Callable[[Any], object]
    value: Callable[[Any], str] | None  # None: an ``if``
    otherwise: int  # where an ``if`` that does not apply goes on


class RuleSyntax(NamedTuple):
    """How a table type writes its rules; both functions raise Unusable.

    ``bare_endif``: an ``endif`` with something behind it is none.
    """

    rule: Callable[[str], Rule]
    condition: Callable[[str], Condition]
    bare_endif: bool = False


def negation(text: str) -> tuple[bool, str]:
    """Whether a pattern means what it does not fit, and the pattern: each ``!`` turns it round."""
    if not text.startswith("!"):
        return False, text
    pattern = text.lstrip("!" + BLANK)
    return text[: len(text) - len(pattern)].count("!") % 2 == 1, pattern


class RuleList(Generic[K]):
    """The first rule that applies gives the value; ``warn`` is told of lines that are no rules."""

    def __init__(
        self, syntax: RuleSyntax, lines: Iterable[LogicalLine], warn: Callable[[Flaw], None]
    ) -> None:
        self._syntax = syntax
        self._warn = warn
        self._steps: list[_Step] = []
        self._open: list[tuple[int, int]] = []  # step and line of each unfinished ``if``
        for line in lines:
            self._add(line)
        for step, number in reversed(self._open):
            self._warn(Flaw(number, "IF has no matching ENDIF"))
            self._close(step)

    def search(self, key: K) -> str | None:
        position = 0
        while position < len(self._steps):
            applies, value, otherwise = self._steps[position]
            position += 1
            found = applies(key)
            if found and value is not None:
                return value(found)
            if not found and value is None:
                position = otherwise
        return None

    def _add(self, line: LogicalLine) -> None:
        keyword = _KEYWORD.match(line.text)
        try:
            if keyword is None:
                rule = self._syntax.rule(line.text.strip(BLANK))
                self._steps.append(_Step(rule.applies, rule.value, 0))
                self._doubt(line.number, rule.doubts)
            elif keyword[1].lower() == "if":
                self._if(line.number, keyword[2].strip(BLANK))
            else:
                self._endif(line.number, keyword[2].strip(BLANK))
        except Unusable as error:
            self._warn(Flaw(line.number, str(error)))

    def _if(self, number: int, text: str) -> None:
        """One that cannot be read is none: the rules within apply to all, as in Postfix."""
        condition = self._syntax.condition(text)
        self._open.append((len(self._steps), number))
        self._steps.append(_Step(condition.applies, None, 0))
        self._doubt(number, condition.doubts)

    def _endif(self, number: int, rest: str) -> None:
        if rest and self._syntax.bare_endif:
            raise Unusable("garbage after ENDIF")
        if not self._open:
            raise Ignored("ignoring ENDIF without matching IF")
        if rest:
            self._warn(Flaw(number, "ignoring extra text after ENDIF"))
        self._close(self._open.pop()[0])

    def _doubt(self, number: int, doubts: Iterable[str]) -> None:
        for doubt in doubts:
            self._warn(Flaw(number, doubt))

    def _close(self, step: int) -> None:
        self._steps[step] = self._steps[step]._replace(otherwise=len(self._steps))
