"""regexp: and pcre: tables: patterns and what they stand for (regexp_table(5), pcre_table(5)).

A rule is ``/pattern/flags result``, ``!/pattern/flags result``, or ``if`` … ``endif`` around
others. Both types run on Python's ``re``. Patterns of regexp: are translated from POSIX (see
``posix_pattern``), those of pcre: from Perl's dialect where it differs (see ``perl_pattern``).

Guaranteed: a text longer than ``match_time.MAX_TEXT`` is refused; on the main thread a lookup
ends after ``match_time.MAX_SECONDS`` of CPU time; both are a TableError, never "not found".
Not guaranteed: the bound on time in other threads; POSIX's longest match among alternatives
(``re`` takes the first; whether a pattern matches is the same, what ``$1`` holds may differ).
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from postroom.config.logical_lines import BLANK
from postroom.tables import perl_pattern, posix_pattern
from postroom.tables.conditional import Rule, RuleSyntax, Unusable
from postroom.tables.match_time import MAX_TEXT, TooSlow, bounded
from postroom.tables.replacement import has_reference, replacement
from postroom.tables.rule_table import RuleTable
from postroom.tables.table import TableError

Compiler = Callable[[str, str], re.Pattern[str]]


class _Written(NamedTuple):
    """A rule taken apart: ``!``, pattern, flags, and the text behind."""

    negated: bool
    pattern: str
    flags: str
    rest: str


def _take_apart(text: str) -> _Written:
    negated = text.startswith("!")
    body = text.lstrip("!" + BLANK) if negated else text
    if not body or body[0].isalnum():
        raise Unusable("no regexp: expected /pattern/flags result")
    end = _end_of_pattern(body)
    flags = re.match(r"[A-Za-z]*", body[end + 1 :])
    assert flags is not None
    rest = body[end + 1 + flags.end() :].strip(BLANK)
    return _Written(negated, body[1:end], flags[0], rest)


def _end_of_pattern(body: str) -> int:
    """Where the delimiter comes again; a backslash takes the next character with it."""
    position = 1
    while position < len(body):
        if body[position] == body[0]:
            return position
        position += 2 if body[position] == "\\" else 1
    raise Unusable(f'no closing regexp delimiter "{body[0]}"')


def _test(written: _Written, pattern: re.Pattern[str]) -> Callable[[Any], object]:
    if written.negated:
        return lambda key: pattern.search(key) is None
    return pattern.search


def _syntax(compiler: Compiler) -> RuleSyntax:
    def compiled(written: _Written) -> re.Pattern[str]:
        try:
            return compiler(written.pattern, written.flags)
        except (re.error, RecursionError, OverflowError) as error:
            raise Unusable(str(error)) from None

    def rule(text: str) -> Rule:
        written = _take_apart(text)
        pattern = compiled(written)
        if written.negated and has_reference(written.rest):
            raise Unusable("$number found in negative match replacement text")
        value = replacement(written.rest, pattern.groups)
        return Rule(_test(written, pattern), value)

    def condition(text: str) -> Callable[[Any], object]:
        written = _take_apart(text)
        if written.rest:
            raise Unusable("unexpected text after the pattern of an IF")
        return _test(written, compiled(written))

    return RuleSyntax(rule, condition)


def _constant(syntax: RuleSyntax) -> RuleSyntax:
    def rule(text: str) -> Rule:
        if has_reference(_take_apart(text).rest):
            raise Unusable("regular expression substitution is not allowed")
        return syntax.rule(text)

    return RuleSyntax(rule, syntax.condition)


class PatternTable(RuleTable):
    """``constant``: rules that would make a part of the key a part of the result are skipped."""

    def __init__(self, name: str, *, constant: bool = False) -> None:
        if constant:
            self.syntax = _constant(self.syntax)
        super().__init__(name)

    def lookup(self, key: str) -> str | None:
        rules = self.rules()
        if len(key) > MAX_TEXT:
            raise TableError(f"{self.name}: text of {len(key)} characters is too long to search")
        try:
            with bounded():
                return rules.search(key)
        except TooSlow:
            raise TableError(f"{self.name}: a pattern took too long for {key[:100]!r}") from None


class RegexpTable(PatternTable):
    syntax = _syntax(posix_pattern.compiled)


class PcreTable(PatternTable):
    syntax = _syntax(perl_pattern.compiled)
