"""A message for servers without 8BITMIME: its 8bit parts as quoted-printable (RFC 6152 section 3).

Works on wire form, piece by piece and in bounded memory; only messages that need it come here.
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Final

from postroom.mail.content_type import PLAIN, ContentType, content_type
from postroom.mail.header import Field
from postroom.mail.mime import Flaw, Limits, MimeReader, Piece, TooLong

# main.cf: header_size_limit. A larger header is let through as it is, with its body.
MAX_HEADER: Final = 102_400
# The defaults of mime_nesting_limit and mime_boundary_length_limit.
_LIMITS: Final = Limits(nesting=100, boundary=2048)
# A longer line is taken in pieces of this size.
_MAX_LINE: Final = 8192
# What lines a binary part has are kept, as Postfix keeps them.
_EIGHT_BIT: Final = re.compile(
    rb"(?i)\A(content-transfer-encoding[ \t]*:[ \t\r\n]*)(?:8bit|binary)\b"
)


def seven_bit(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same message; parts that say they are 8bit are converted, all others left alone."""
    converter = SevenBit()
    for piece in pieces:
        yield converter.feed(piece)
    yield converter.finish()


class SevenBit:
    """The same for a message that comes in pieces. Holds each header until its body begins, and
    of a body that is encoded the last line."""

    def __init__(self) -> None:
        self._reader = MimeReader(_LIMITS, _let_pass)
        self._header: list[Piece] = []
        self._encoding = False
        self._held = b""
        self._line_start = True
        self._given_up = False

    def feed(self, data: bytes) -> bytes:
        """What becomes of a piece of the message, as far as that is known."""
        if self._given_up:
            return data
        out = []
        try:
            for piece in self._reader.feed(data):
                out.append(self._converted(piece))
        except TooLong:
            self._given_up = True
            out += (self._untouched(), self._reader.held)
        return b"".join(out)

    def finish(self) -> bytes:
        """What is left, perhaps a header that no body followed."""
        if self._given_up:
            return b""
        rest = b"".join([self._converted(piece) for piece in self._reader.finish()])
        return rest + self._untouched() + self._lines(b"", last=True)

    def _untouched(self) -> bytes:
        """The header that is held, as it came."""
        header, self._header = self._header, []
        return b"".join(field.data for field in header)

    def _converted(self, piece: Piece) -> bytes:
        if piece.field is not None:
            self._header.append(piece)
            return b""
        if not piece.boundary:
            head = self._body_begins() if piece.fresh else b""
            return head + (self._lines(piece.data) if self._encoding else piece.data)
        # RFC 2046 section 5.1.1: it ends every part within.
        before = self._lines(b"", last=True) + self._body_begins()
        self._encoding = False
        return before + piece.data

    def _body_begins(self) -> bytes:
        """The header that was held, and from now on what it says of its body."""
        kind, is_8bit, size = PLAIN, False, 0
        for data, field in self._fields():
            size += len(data)
            if field.name == b"content-type":
                kind = content_type(field.body(data))
            elif field.name == b"content-transfer-encoding":
                is_8bit = _EIGHT_BIT.match(data) is not None
        is_8bit = is_8bit and size <= MAX_HEADER
        self._encoding = is_8bit and not _has_parts(kind)
        self._line_start = True
        if not is_8bit:
            return self._untouched()
        encoding = rb"\g<1>quoted-printable" if self._encoding else rb"\g<1>7bit"
        header = [_EIGHT_BIT.sub(encoding, data, count=1) for data, _ in self._fields()]
        self._header = []
        return b"".join(header)

    def _fields(self) -> Iterator[tuple[bytes, Field]]:
        return ((piece.data, piece.field) for piece in self._header if piece.field is not None)

    def _lines(self, data: bytes, *, last: bool = False) -> bytes:
        """The lines of a body encoded; over-long ones in pieces that end with no space and no
        CR, and one that has no end yet when that has come."""
        text = self._held + data
        out = []
        start = 0
        while (end := text.find(b"\n", start) + 1) or len(text) - start > _MAX_LINE:
            if not end:
                end = start + len(text[start : start + _MAX_LINE].rstrip(b" \t\r")) or len(text)
            out.append(self._line(text[start:end]))
            start = end
        self._held = b"" if last else text[start:]
        if last and start < len(text):
            out.append(self._line(text[start:]))
        return b"".join(out)

    def _line(self, line: bytes) -> bytes:
        line_start, self._line_start = self._line_start, line.endswith(b"\n")
        return _encoded(line, line_start)


def _let_pass(_: Flaw, __: bytes) -> None:
    """The message was accepted as it is."""


def _has_parts(kind: ContentType) -> bool:
    """RFC 2046 section 5.2.1: such content may not be encoded as a whole."""
    return bool(kind.boundaries) or kind.type == b"message"


def _encoded(line: bytes, line_start: bool) -> bytes:
    """One line, or a piece of a long one, as quoted-printable in wire form."""
    if line_start and line.startswith(b"."):
        line = line[1:]
    encoded = binascii.b2a_qp(line).replace(b"=\r\n", b"=\n").replace(b"=\n", b"=\r\n")
    if not line.endswith(b"\n"):
        encoded += b"=\r\n"
    encoded = encoded.replace(b"=\r\n.", b"=\r\n..")
    return b"." + encoded if encoded.startswith(b".") else encoded
