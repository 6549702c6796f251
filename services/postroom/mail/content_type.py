"""Content-Type as far as the structure of a message hangs on it (RFC 2045 section 5.1).

Read as leniently as senders write: what stands behind the first three words of a parameter is
ignored, and a boundary that is given twice counts twice, so that a part cannot hide behind one.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# The tspecials stand for themselves; what is between them and the blanks are words.
_TOKEN: Final = re.compile(
    rb"""[\x00-\x20\x7f]++
      |(?P<word>[^\x00-\x20\x7f()<>@,;:\\"/[\]?=]++)
      |(?P<quoted>"(?:[^"\\]++|\\[\s\S])*+"?\\?)
      |(?P<special>[\s\S])""",
    re.VERBOSE,
)
# RFC 2045 section 6.2: those that change nothing, and those that make seven bits of eight.
_IDENTITIES: Final = frozenset({b"7bit", b"8bit", b"binary"})
ENCODINGS: Final = _IDENTITIES | {b"base64", b"quoted-printable"}
_NARROW: Final = ENCODINGS - {b"8bit", b"binary"}
_COMMENT_MARK: Final = re.compile(rb"\\[\s\S]|[()]")
_ESCAPE: Final = re.compile(rb"\\([\s\S])")


class ContentType(NamedTuple):
    """Type and subtype in lower case; of a multipart the boundaries of its parts."""

    type: bytes = b"text"
    subtype: bytes = b"plain"
    boundaries: tuple[bytes, ...] = ()

    @property
    def is_message(self) -> bool:
        """Whether a header of its own begins in the body (RFC 2046 section 5.2.1, RFC 6532)."""
        return self.type == b"message" and self.subtype in {b"rfc822", b"global"}

    @property
    def encodings(self) -> frozenset[bytes]:
        """Those that RFC 2045 section 6.4 and RFC 2046 section 5.2 allow for it."""
        if self.type == b"multipart" or (self.type, self.subtype) == (b"message", b"rfc822"):
            return _IDENTITIES
        if self.type == b"message" and self.subtype in {b"partial", b"external-body"}:
            return _NARROW
        return ENCODINGS

    @property
    def of_parts(self) -> "ContentType":
        """What parts are that do not tell (RFC 2046 section 5.1.5)."""
        return _MESSAGE if self.subtype == b"digest" else PLAIN


PLAIN: Final = ContentType()
_MESSAGE: Final = ContentType(b"message", b"rfc822")


class _Token(NamedTuple):
    kind: str
    text: bytes


def content_type(value: bytes) -> ContentType:
    """The meaning of a Content-Type field's value, folded or not."""
    first, *parameters = _groups(value)
    kind = _word(first, 0)
    subtype = _word(first, 2) if first[1:2] == [_Token("special", b"/")] else b""
    if kind != b"multipart":
        return ContentType(kind, subtype)
    return ContentType(kind, subtype, tuple(_boundaries(parameters)))


def first_word(value: bytes) -> bytes:
    """The mechanism of a Content-Transfer-Encoding (RFC 2045 section 6.1), in lower case."""
    return _word(_groups(value)[0], 0)


def _boundaries(parameters: list[list[_Token]]) -> Iterator[bytes]:
    for tokens in parameters:
        if _word(tokens, 0) == b"boundary" and tokens[1:2] == [_Token("special", b"=")]:
            yield from (token.text for token in tokens[2:3])


def _word(tokens: list[_Token], index: int) -> bytes:
    """A word in lower case; empty where there is none."""
    token = tokens[index] if index < len(tokens) else None
    return token.text.lower() if token is not None and token.kind == "word" else b""


def _groups(value: bytes) -> list[list[_Token]]:
    """The tokens between semicolons."""
    groups: list[list[_Token]] = [[]]
    for token in _tokens(value):
        if token == (_SEMICOLON):
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


_SEMICOLON: Final = _Token("special", b";")


def _tokens(value: bytes) -> Iterator[_Token]:
    at = 0
    while (match := _TOKEN.match(value, at)) is not None:
        at = match.end()
        if match["word"] is not None:
            yield _Token("word", match["word"])
        elif match["quoted"] is not None:
            yield _Token("quoted", _unquoted(match["quoted"]))
        elif match["special"] == b"(":
            at = _after_comment(value, at)
        elif match["special"] is not None:
            yield _Token("special", match["special"])


def _unquoted(text: bytes) -> bytes:
    inside = text[1:].removesuffix(b'"').replace(b"\r", b"").replace(b"\n", b"")
    return _ESCAPE.sub(rb"\1", inside)


def _after_comment(value: bytes, at: int) -> int:
    """Where the comment ends whose parenthesis stands before ``at``; comments nest."""
    depth = 1
    while depth and (mark := _COMMENT_MARK.search(value, at)) is not None:
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        at = mark.end()
    return at if not depth else len(value)
