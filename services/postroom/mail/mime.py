"""The structure of a message (RFC 2045, RFC 2046): its header, those of its parts, and bodies.

A reader without I/O: content comes in pieces of any size, in wire form, and goes out as fields
and stretches of body, in order and complete. Bodies are searched for boundaries and not taken
apart into lines. Content is never decoded: only what stands there plainly is found.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from postroom.mail.content_type import ENCODINGS, PLAIN, ContentType, content_type, first_word
from postroom.mail.header import FIELD, Field

# A field, or a line with a boundary, is held until it is complete, so it must have an end.
MAX_HELD: Final = 512 * 1024
# What may become a field when more of its line is known, or is the end of a header.
_OPEN_FIELD: Final = re.compile(rb"\r?\Z|[!-9;-~]++[ \t]*+(?::|\Z)")
# What may become the beginning of a line with a boundary.
_OPEN_END: Final = re.compile(rb"\r\Z|\r\n-\Z")
_SEVEN_BIT: Final = b"7bit"


class Section(Enum):
    """What a piece of content belongs to."""

    MESSAGE = "the message's own header"
    PART = "the header of a part of a multipart"
    NESTED = "the header of a message within the message"
    BODY = "a body"


class Flaw(Enum):
    """What a message can do wrong, in Postfix's words."""

    NESTING = "MIME nesting exceeds safety limit"
    HEADER_8BIT = "improper use of 8-bit data in message header"
    BODY_8BIT = "improper use of 8-bit data in message body"
    ENCODING = "invalid message/* or multipart/* encoding domain"


class TooLong(Exception):
    """A field, or a line with a boundary, has no end."""


class Piece(NamedTuple):
    """A whole field with its line ends, or a stretch of a body.

    ``fresh``: a new body begins with it, or what follows the last part of one. ``boundary``: it is
    a line between parts, and in none of them.
    """

    section: Section
    data: bytes
    field: Field | None = None
    fresh: bool = False
    boundary: bool = False


class Limits(NamedTuple):
    """How deep parts may lie in parts (the two outermost do not count, as in Postfix), and how
    much of a boundary counts (main.cf: mime_nesting_limit, mime_boundary_length_limit)."""

    nesting: int
    boundary: int


class _Multipart(NamedTuple):
    boundary: bytes
    default: ContentType


class _Step(NamedTuple):
    """What was read, and where to go on."""

    pieces: tuple[Piece, ...]
    end: int


class MimeReader:
    """Reads one message. ``flawed`` is called with each flaw and the text that has it; without
    ``structured`` all that follows the message's own header is one body."""

    def __init__(
        self, limits: Limits, flawed: Callable[[Flaw, bytes], None], *, structured: bool = True
    ) -> None:
        self._limits = limits
        self._flawed = flawed
        self._structured = structured
        self._section = Section.MESSAGE
        self._type = PLAIN
        self._encoding = _SEVEN_BIT
        self._multiparts: list[_Multipart] = []
        self._held = b""
        self._line_start = True
        self._fresh = False

    def feed(self, data: bytes) -> Iterator[Piece]:
        """Raises TooLong."""
        yield from self._read(self._held + data, last=False)
        if len(self._held) > MAX_HELD:
            raise TooLong

    @property
    def held(self) -> bytes:
        """What waits for more, such as a field whose end is not there."""
        return self._held

    def finish(self) -> Iterator[Piece]:
        """What is left when the content is complete."""
        yield from self._read(self._held, last=True)

    def _read(self, text: bytes, *, last: bool) -> Iterator[Piece]:
        at = 0
        while at < len(text):
            read = self._body if self._section is Section.BODY else self._header
            step = read(text, at, last)
            if step is None:
                break
            at = step.end
            yield from step.pieces
        self._held = text[at:]

    # Headers

    def _header(self, text: bytes, at: int, last: bool) -> _Step | None:
        """A field, or the end of the header; None if more must be known."""
        found = FIELD.match(text, at)
        if found is not None:
            end = found.end()
            if not last and (end == len(text) or text[end] in b" \t"):
                return None
            field = Field(found[1].lower(), 0, found.start(2) - at, end - at)
            piece = Piece(self._section, text[at:end], field)
            self._learn(piece.data, field)
            return _Step((piece,), end)
        if not last and text.find(b"\n", at) < 0 and _OPEN_FIELD.match(text, at):
            return None
        return self._end_of_header(text, at)

    def _learn(self, data: bytes, field: Field) -> None:
        """What a field says about what follows the header."""
        if not data.isascii():
            self._flawed(Flaw.HEADER_8BIT, data)
        if field.name == b"content-type":
            self._type = content_type(field.body(data))
            for boundary in self._type.boundaries:
                self._enter(boundary, data)
        elif field.name == b"content-transfer-encoding":
            encoding = first_word(field.body(data))
            if encoding in ENCODINGS:
                self._encoding = encoding

    def _enter(self, boundary: bytes, data: bytes) -> None:
        if not self._structured:
            return
        if len(self._multiparts) > self._limits.nesting + 1:
            self._flawed(Flaw.NESTING, data)
        else:
            boundary = boundary[: self._limits.boundary]
            self._multiparts.append(_Multipart(boundary, self._type.of_parts))

    def _end_of_header(self, text: bytes, at: int) -> _Step:
        self._fresh = self._line_start = True
        if self._encoding not in self._type.encodings:
            self._flawed(Flaw.ENCODING, self._encoding)
        if not (self._structured and self._type.is_message):
            self._section = Section.BODY
            return _Step((), at)
        self._begin(Section.NESTED, PLAIN)
        if not text.startswith(b"\r\n", at):
            return _Step((), at)
        # What stands between two headers is in none of them.
        return _Step((Piece(Section.BODY, b"\r\n", fresh=True),), at + 2)

    def _begin(self, section: Section, kind: ContentType) -> None:
        self._section, self._type, self._encoding = section, kind, _SEVEN_BIT

    # Bodies

    def _body(self, text: bytes, at: int, last: bool) -> _Step | None:
        """All that is known to be body, to the end of the first line with a boundary."""
        place, depth = self._delimiter(text, at, last)
        if depth is None:
            return _Step(self._stretch(text[at:place]), place) if place > at else None
        before = self._stretch(text[at:place])
        end = text.find(b"\n", place) + 1 or len(text)
        multipart = self._multiparts[depth]
        closing = text.startswith(b"--", place + 2 + len(multipart.boundary))
        del self._multiparts[depth + (not closing) :]
        # What follows the last part is a body of its own; the line before a part ends one.
        self._fresh = self._fresh or closing
        self._encoding = _SEVEN_BIT
        (line,) = self._stretch(text[place:end])
        self._begin(
            Section.BODY if closing else Section.PART, PLAIN if closing else multipart.default
        )
        return _Step((*before, line._replace(boundary=True)), end)

    def _stretch(self, data: bytes) -> tuple[Piece, ...]:
        if not data:
            return ()
        piece = Piece(Section.BODY, data, fresh=self._fresh)
        self._fresh, self._line_start = False, data.endswith(b"\n")
        if self._encoding == _SEVEN_BIT and not data.isascii():
            line = next(line for line in data.split(b"\r\n") if not line.isascii())
            self._flawed(Flaw.BODY_8BIT, line)
        return (piece,)

    def _delimiter(self, text: bytes, at: int, last: bool) -> tuple[int, int | None]:
        """Where a line with a boundary begins, and whose it is; or (None) how far the text is
        known to hold no such line."""
        if not self._multiparts:
            return len(text), None
        at_start = self._line_start and text.startswith(b"--", at)
        place = at if at_start else _dashes(text, at)
        while place >= 0:
            depth = self._depth(text, place)
            if not last and text.find(b"\n", place) < 0:
                if depth is not None or len(text) - place < self._limits.boundary:
                    return place, None
            elif depth is not None:
                return place, depth
            place = _dashes(text, place)
        return self._known_end(text, at, last), None

    def _depth(self, text: bytes, place: int) -> int | None:
        """Which multipart's boundary stands in a line that begins with dashes, the innermost
        first. Two dashes alone are no boundary, not even of a multipart whose boundary is empty."""
        if text.startswith(b"\r\n", place + 2):
            return None
        for depth in reversed(range(len(self._multiparts))):
            if text.startswith(self._multiparts[depth].boundary, place + 2):
                return depth
        return None

    def _known_end(self, text: bytes, at: int, last: bool) -> int:
        if last:
            return len(text)
        if self._line_start and text[at:] == b"-":
            return at
        open_end = _OPEN_END.search(text, max(at, len(text) - 3))
        if open_end is None:
            return len(text)
        return len(text) - 1


def _dashes(text: bytes, at: int) -> int:
    """Where the next line behind ``at`` begins that begins with two dashes; -1 if none does."""
    found = text.find(b"\r\n--", at)
    return found + 2 if found >= 0 else -1
