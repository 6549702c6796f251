"""Addresses in header fields, with their places (RFC 5322 section 3.4, obsolete forms too).

Finds the addresses of ``To``, ``From`` and the like so that they can be read (``sendmail -t``)
or exchanged in place: display names, comments, groups and folding stay as they were written.
Takes whatever text comes; linear time, no recursion.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]++)
      |(?P<word>[^][ \t\r\n()<>@,;:."\\]++)
      |(?P<quoted>"(?:[^"\\]++|\\[\s\S])*"?\\?)
      |(?P<literal>\[[^]\\]*+\]?)
      |(?P<special>[\s\S])""",
    re.VERBOSE,
)
# What nearly every header holds: one address, perhaps with a name in front. Taken in one step.
_PLAIN = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]++@[A-Za-z0-9.-]++"
_SIMPLE = re.compile(
    rf"""[ \t]*+(?:(?:"[^"\\\r\n]*+"[ \t]*+|[^][()<>@,;:."\\]*+)<({_PLAIN})>|({_PLAIN}))[ \t]*+"""
)
_COMMENT_MARK = re.compile(r"\\[\s\S]|[()]")
_ESCAPE = re.compile(r"\\([\s\S])")


class Mailbox(NamedTuple):
    """One address: where its text stands, and its unquoted form (empty for ``<>``).

    ``comments`` are those within the text, which must not get lost with it. ``lacks_comma``: it
    stands behind another address, and nothing but space between the two. ``has_route``: its text
    begins with ``@one,@two:``, which is no part of the address.
    """

    start: int
    end: int
    address: str
    comments: str = ""
    lacks_comma: bool = False
    has_route: bool = False


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def mailboxes(text: str, token_limit: int = -1) -> list[Mailbox]:
    """The addresses in the body of an address header, in order.

    What stands behind ``token_limit`` words and separators is not looked at.
    """
    simple = _SIMPLE.fullmatch(text)
    if simple is not None:
        group = simple.lastindex or 0
        return [Mailbox(simple.start(group), simple.end(group), simple[group])]
    return list(_Reader().read(text, token_limit))


def replace(text: str, changes: list[tuple[Mailbox, str]]) -> str:
    """Put a new text in the place of some of the addresses that ``mailboxes`` found."""
    pieces: list[str] = []
    done = 0
    for box, new in changes:
        between = text[done : box.start]
        if box.lacks_comma:
            kept = between.rstrip()
            between = f"{kept},{between[len(kept) :]}"
        pieces += (between, new, box.comments)
        done = box.end
    pieces.append(text[done:])
    return "".join(pieces)


class _Reader:
    """Collects tokens up to the separator that tells what they were."""

    def __init__(self) -> None:
        self._tokens: list[_Token] = []
        self._in_angle = False  # between "<" and ">"
        self._after_angle = False  # what follows up to the separator is no address
        self._groups_end = -1  # a colon behind this place is a part of an address

    def read(self, text: str, token_limit: int = -1) -> Iterator[Mailbox]:
        self._groups_end = text.rfind(";")
        for count, token in enumerate(_tokens(text)):
            if count == token_limit:
                return
            yield from self._take(token)
        yield from self._finish()

    def _take(self, token: _Token) -> Iterator[Mailbox]:
        mark = token.text if token.kind == "special" else ""
        if self._in_angle:
            if mark == ">":
                self._in_angle, self._after_angle = False, True
                yield _in_angle(self._tokens, token.start)
                self._tokens = []
            else:
                self._tokens.append(token)
        elif mark in (",", ";"):
            yield from self._finish()
        elif mark == ":" and token.start < self._groups_end:
            self._tokens = []  # that was the name of a group
        elif mark == "<":
            self._in_angle = True
            self._tokens = []  # that was a display name
        elif mark == ">":
            self._tokens.append(token._replace(kind="blank"))  # it ends what has not begun
        else:
            self._tokens.append(token)

    def _finish(self) -> Iterator[Mailbox]:
        tokens = _without_route(self._tokens)
        if not self._after_angle and any(t.kind not in ("blank", "comment") for t in tokens):
            first, *others = _at_missing_commas(tokens)
            yield _mailbox(first, first[-1].end)
            for other in others:
                yield _mailbox(other, other[-1].end)._replace(lacks_comma=True)
        self._tokens = []
        self._in_angle = self._after_angle = False


def _without_route(tokens: list[_Token]) -> list[_Token]:
    """Drop ``@one,@two:`` (RFC 5322 section 4.4, obs-route)."""
    first = next((t for t in tokens if t.kind not in ("blank", "comment")), None)
    if first is None or first.text != "@":
        return tokens
    colon = next((at for at, t in enumerate(tokens) if t.text == ":"), -1)
    return tokens[colon + 1 :]


def _in_angle(tokens: list[_Token], position: int) -> Mailbox:
    rest = _without_route(tokens)
    box = _mailbox(rest, position)
    if len(rest) == len(tokens):
        return box
    return box._replace(start=tokens[0].start, has_route=True)


def _at_missing_commas(tokens: list[_Token]) -> list[list[_Token]]:
    """``a@b c@d`` are two addresses to all who write so, and to Postfix."""
    parts: list[list[_Token]] = [[]]
    gap = after_word = False
    for token in tokens:
        is_gap = token.kind in ("blank", "comment")
        is_word = token.kind in ("word", "quoted", "literal")
        if gap and is_word and after_word:
            parts.append([])
        if not is_gap:
            after_word = is_word
        gap = is_gap
        parts[-1].append(token)
    return parts


def _mailbox(tokens: list[_Token], position: int) -> Mailbox:
    """The address these tokens make; ``position`` is where it stands if there are none."""
    outer = [at for at, t in enumerate(tokens) if t.kind not in ("blank", "comment")]
    if not outer:
        return Mailbox(position, position, "")
    inner = tokens[outer[0] : outer[-1] + 1]
    comments = "".join(f" {t.text}" for t in inner if t.kind == "comment")
    return Mailbox(inner[0].start, inner[-1].end, _internal(inner), comments)


def _internal(tokens: list[_Token]) -> str:
    """Join tokens to an unquoted address; words with only space between them keep one."""
    pieces: list[str] = []
    gap = False
    after_word = False
    for token in tokens:
        if token.kind in ("blank", "comment"):
            gap = True
            continue
        is_word = token.kind in ("word", "quoted")
        if gap and is_word and after_word:
            pieces.append(" ")
        pieces.append(_content(token))
        gap, after_word = False, is_word
    return "".join(pieces)


def _content(token: _Token) -> str:
    if token.kind != "quoted":
        return token.text
    return _ESCAPE.sub(r"\1", token.text[1:].removesuffix('"')).replace("\r\n", "")


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at] == "(":
            end = _comment_end(text, at)
            yield _Token("comment", text[at:end], at, end)
        else:
            found = _TOKEN.match(text, at)
            assert found is not None  # the last alternative takes any character
            end = found.end()
            yield _Token(found.lastgroup or "special", found[0], at, end)
        at = end


def _comment_end(text: str, start: int) -> int:
    """Behind the parenthesis that closes the one at ``start``; comments nest."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
            if depth == 0:
                return mark.end()
    return len(text)
