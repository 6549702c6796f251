"""regexp: and pcre: tables: patterns and what they stand for (regexp_table(5), pcre_table(5)).

A rule is ``/pattern/flags result``, ``!/pattern/flags result``, or ``if`` … ``endif`` around
others; regexp: has ``/pattern/flags!/exception/flags result`` besides. Patterns are searched for
by Python's ``re``: those of regexp: are translated from POSIX (see ``posix_pattern``), those of
pcre: from Perl's dialect, as far as that goes (see ``perl_pattern``).

As in Postfix a pattern sees bytes: ``.`` matches half of an ``é``. Pattern, key and result are
therefore searched with a character for each of their bytes.

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
from postroom.tables.conditional import (
    Condition,
    Ignored,
    Rule,
    RuleSyntax,
    Unusable,
    negation,
)
from postroom.tables.expression import Expression
from postroom.tables.key_value import is_utf8
from postroom.tables.match_time import MAX_TEXT, TooSlow, bounded
from postroom.tables.replacement import has_reference, replacement
from postroom.tables.rule_table import RuleTable
from postroom.tables.table import TableError

Compiler = Callable[[str, str], Expression]
_INDENTED = "do not prepend whitespace to statements between IF and ENDIF"


class _Written(NamedTuple):
    """A pattern taken apart: ``!``, what is between the delimiters, flags, and the text behind."""

    negated: bool
    pattern: str
    flags: str
    rest: str


def _take_apart(text: str, stop: str) -> _Written:
    """Flags are all up to a blank, or one of the characters of ``stop``."""
    negated, body = negation(text)
    if not body:
        raise Unusable("no regexp")
    if body[0].isalnum():
        raise Ignored("ignoring unrecognized request")
    end = _end_of_pattern(body)
    behind = body[end + 1 :]
    length = next((n for n, char in enumerate(behind) if char in BLANK + stop), len(behind))
    return _Written(negated, body[1:end], behind[:length], behind[length:])


def _end_of_pattern(body: str) -> int:
    """Where the delimiter comes again; a backslash takes the next character with it."""
    position = 1
    while position < len(body):
        if body[position] == body[0]:
            return position
        position += 2 if body[position] == "\\" else 1
    raise Unusable(f'no closing regexp delimiter "{body[0]}"')


def _test(written: _Written, pattern: Expression) -> Callable[[Any], object]:
    if written.negated:
        return lambda key: pattern.search(key) is None
    return pattern.search


class _Syntax:
    """``exceptions``: a second pattern may stand behind the first, with ``!`` between. Nothing of
    the key may become a part of the result where ``constant``."""

    def __init__(self, compiler: Compiler, *, exceptions: bool, constant: bool = False) -> None:
        self._compiler = compiler
        self._stop = "!" if exceptions else ""
        self._constant = constant

    def constant(self) -> "_Syntax":
        return _Syntax(self._compiler, exceptions=bool(self._stop), constant=True)

    def of_table(self) -> RuleSyntax:
        return RuleSyntax(self._rule, self._condition)

    def _rule(self, text: str) -> Rule:
        written = _take_apart(text, self._stop)
        pattern = self._compiled(written)
        applies, rest = _test(written, pattern), written.rest
        if self._stop and rest.startswith(self._stop):
            exception = _take_apart(rest[1:].lstrip(BLANK), "")
            applies = _but(applies, self._compiled(exception))
            rest = exception.rest
        rest = rest.strip(BLANK)
        if self._constant and has_reference(rest):
            raise Unusable("regular expression substitution is not allowed")
        if written.negated and has_reference(rest):
            raise Unusable("$number found in negative match replacement text")
        doubts = () if rest else ("no replacement text: using empty string",)
        return Rule(applies, replacement(_bytewise(rest), pattern.groups), doubts)

    def _condition(self, text: str) -> Condition:
        written = _take_apart(text, "")
        rest = written.rest.strip(BLANK)
        doubts = (f'ignoring extra text after IF statement: "{rest}"', _INDENTED) if rest else ()
        return Condition(_test(written, self._compiled(written)), doubts)

    def _compiled(self, written: _Written) -> Expression:
        try:
            return self._compiler(_bytewise(written.pattern), written.flags)
        except (re.error, RecursionError, OverflowError) as error:
            raise Unusable(str(error)) from None


def _but(applies: Callable[[Any], object], exception: Expression) -> Callable[[Any], object]:
    return lambda key: exception.search(key) is None and applies(key)


def _bytewise(text: str) -> str:
    """A character for each byte of the text."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _text(bytewise: str) -> str:
    """The text again; bytes that are no UTF-8 become lone surrogates, as everywhere."""
    if bytewise.isascii():
        return bytewise
    return bytewise.encode("latin-1").decode("utf-8", "surrogateescape")


class PatternTable(RuleTable):
    """``constant``: rules that would make a part of the key a part of the result are skipped."""

    written: _Syntax

    def __init__(self, name: str, *, constant: bool = False) -> None:
        written = self.written.constant() if constant else self.written
        self.syntax = written.of_table()
        super().__init__(name)

    def lookup(self, key: str) -> str | None:
        rules, searched = self.rules(), _bytewise(key)
        if len(searched) > MAX_TEXT:
            raise TableError(f"{self.name}: text of {len(searched)} bytes is too long to search")
        try:
            with bounded():
                found = rules.search(searched)
        except TooSlow:
            raise TableError(f"{self.name}: a pattern took too long for {key[:100]!r}") from None
        value = None if found is None else _text(found)
        if value is not None and is_utf8(key) and not is_utf8(value):
            raise TableError(f"{self.name}: key {key[:100]!r}: a group took half of a character")
        return value


class RegexpTable(PatternTable):
    written = _Syntax(posix_pattern.compiled, exceptions=True)


class PcreTable(PatternTable):
    written = _Syntax(perl_pattern.compiled, exceptions=False)
