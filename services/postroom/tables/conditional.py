"""Lists of rules with ``if`` … ``endif`` around some: what cidr, regexp and pcre tables share."""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from postroom.config.logical_lines import BLANK, LogicalLine

K = TypeVar("K")
_KEYWORD = re.compile(r"(if|endif)(?![a-z0-9])(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_log = logging.getLogger(__name__)


class Unusable(Exception):
    """A rule that cannot be obeyed; the text says why. It is skipped, the others count."""


class Rule(NamedTuple):
    """``applies`` says whether a key fits (a true value), ``value`` makes the result of that."""

    applies: Callable[[Any], object]
    value: Callable[[Any], str]


class _Step(NamedTuple):
    applies: Callable[[Any], object]
    value: Callable[[Any], str] | None  # None: an ``if``
    otherwise: int  # where an ``if`` that does not apply goes on


class RuleSyntax(NamedTuple):
    """How a table type writes its rules; both functions raise Unusable."""

    rule: Callable[[str], Rule]
    condition: Callable[[str], Callable[[Any], object]]


class RuleList(Generic[K]):
    """The first rule that applies gives the value; ``title`` is for warnings (``cidr map x``)."""

    def __init__(self, title: str, syntax: RuleSyntax, lines: Iterable[LogicalLine]) -> None:
        self._title = title
        self._syntax = syntax
        self._steps: list[_Step] = []
        self._open: list[tuple[int, int]] = []  # step and line of each unfinished ``if``
        for line in lines:
            self._add(line)
        for step, number in self._open:
            self._warn(number, "IF has no matching ENDIF")
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
            elif keyword[1].lower() == "if":
                self._if(line.number, keyword[2].strip(BLANK))
            else:
                self._endif(keyword[2])
        except Unusable as error:
            self._warn(line.number, f"{error}: skipping this rule")

    def _if(self, number: int, condition: str) -> None:
        self._open.append((len(self._steps), number))
        try:
            applies = self._syntax.condition(condition)
        except Unusable:
            # Nobody can say what the rules within were meant for: they do not apply.
            self._steps.append(_Step(lambda key: False, None, 0))
            raise
        self._steps.append(_Step(applies, None, 0))

    def _endif(self, rest: str) -> None:
        if not self._open:
            raise Unusable("ignoring ENDIF without matching IF")
        if rest.strip(BLANK):
            raise Unusable("ignoring extra text after ENDIF")
        self._close(self._open.pop()[0])

    def _close(self, step: int) -> None:
        self._steps[step] = self._steps[step]._replace(otherwise=len(self._steps))

    def _warn(self, number: int, text: str) -> None:
        _log.warning("%s, line %d: %s", self._title, number, text)
