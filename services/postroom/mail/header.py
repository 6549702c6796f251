"""The header of a message in wire form: where its fields are (RFC 5322 section 2.2).

Lines end in CRLF and nothing else does (the caller has checked that). Fields are offsets
into the content; nothing is unfolded, decoded or copied before somebody asks.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# A name, its colon, and the rest of the line with all folded lines behind it.
FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+\n(?:[ \t][^\n]*+\n)*)")

_FIELD_START = re.compile(rb"[ \t]|[!-9;-~]++[ \t]*+:")


class Field(NamedTuple):
    """One field: ``content[start:end]``, its line ends included; the value begins at ``value``."""

    name: bytes
    start: int
    value: int
    end: int

    def body(self, content: bytes) -> bytes:
        """What stands behind the colon, folding kept, without the final line end."""
        return content[self.value : self.end - 2]

    def text(self, content: bytes) -> bytes:
        """The value unfolded and trimmed."""
        return self.body(content).replace(b"\r\n", b"").strip(b" \t")

    def key(self, content: bytes) -> str:
        """The field as tables see it (header_checks(5)): name, colon and value, lines kept,
        without blanks in front of the colon."""
        name = content[self.start : self.start + len(self.name)]
        return decode(name + b":" + self.body(content).replace(b"\r\n", b"\n"))


class Header(NamedTuple):
    """All fields of a message, and ``end``: where the first line stands that is none of them.

    ``content[end:]`` begins with the empty line, unless the message lacks one.
    """

    fields: tuple[Field, ...]
    end: int

    def all(self, name: bytes) -> Iterator[Field]:
        """The fields of this name (lower case), in order."""
        return (field for field in self.fields if field.name == name)

    def first(self, name: bytes) -> Field | None:
        for field in self.fields:
            if field.name == name:
                return field
        return None


def scan(content: bytes) -> Header:
    """Find the header; names are in lower case. A line that is no field ends it."""
    fields = []
    at = 0
    match = FIELD.match
    while (found := match(content, at)) is not None:
        fields.append(Field(found[1].lower(), at, found.start(2), found.end()))
        at = found.end()
    return Header(tuple(fields), at)


def ungapped(content: bytes, header: Header) -> tuple[bytes, Header]:
    """The header without blanks between a name and its colon (RFC 5322 section 4.5.8), which
    each reader would treat in his own way; the same where there are none, as nearly always."""
    if content.find(b" :", 0, header.end) < 0 and content.find(b"\t:", 0, header.end) < 0:
        return content, header
    closed = b"".join(
        b"%b:%b" % (content[one.start : one.start + len(one.name)], content[one.value : one.end])
        for one in header.fields
    )
    return closed, scan(closed)


def shortened(content: bytes, header: Header, limit: int) -> tuple[bytes, Header]:
    """The header without what stands behind ``limit`` bytes of a field, its name included; the
    end of a line counts as one (main.cf: header_size_limit). A last line that would get less than
    a tenth of that goes as a whole, as in Postfix: half a word or address means something else.
    """
    short = b"".join(_cut(content[one.start : one.end], one, limit) for one in header.fields)
    return short, scan(short)


def _cut(data: bytes, field: Field, limit: int) -> bytes:
    if len(data) <= limit:
        return data
    text = data.removesuffix(b"\r\n").replace(b"\r\n", b"\n")
    if len(text) <= limit:
        return data
    # Without its colon it would be no field any more.
    end = max(limit, field.value - field.start)
    last = text.rfind(b"\n", end - limit // 10, end + 1)
    text = text[: end if last < 0 else last]
    return text.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def decode(value: bytes) -> str:
    """Header bytes as text; bytes that are no UTF-8 survive and come back with ``encode``."""
    return value.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def is_field_start(line: bytes) -> bool:
    """Whether a line whose end is not known yet may belong to a header."""
    return _FIELD_START.match(line) is not None
