"""Content on its way in: where it ends, and its one form behind us.

Wire form is what everything behind a session keeps: lines end in CRLF, a dot at the start of
a line is doubled, there is no other CR or LF. The end of data is CRLF.CRLF and nothing else
(RFC 5321 section 4.1.1.4); a lone LF before or behind the dot makes it content. So there is
one reading of a message, here and at every host after us ("SMTP smuggling").

A piece ends at the end of a line, unless one line alone is longer than a piece.
"""

import re

from msgspec import Struct

from postroom.esmtp.limits import PIECE
from postroom.mail.line_ends import CRLF, line_ends

END_OF_DATA = b"\r\n.\r\n"
_LONE_DOT = b".\r\n"
_DOT = b"\r\n."
# As in Postfix, all CRs before a LF are part of the line end.
_LINE_ENDS = re.compile(rb"(?<!\r)\r++\n")
_SINGLE_DOT = re.compile(rb"(?<=\r\n)\.(?!\.)")


class Content(Struct, frozen=True):
    """A piece of a message in wire form; ``last`` if it is. ``bare_newline``: there was one."""

    data: bytes
    last: bool
    bare_newline: bool


class DataContent:
    """The content behind DATA. One search tells where a line begins with a dot: most mail has
    none, and without one there is neither an end of data nor a dot to drop."""

    def __init__(self) -> None:
        self.size = 0
        self._searched = 0
        self._has_dots = False
        self._after_crlf = True
        self._at_line_start = True

    def take(self, buffer: bytearray) -> Content | None:
        """Take the next piece off ``buffer``; None if more input is needed."""
        if self._after_crlf and buffer.startswith(_LONE_DOT):
            del buffer[: len(_LONE_DOT)]
            return Content(b"", last=True, bare_newline=False)
        dot = buffer.find(_DOT, self._searched)
        if dot >= 0:
            self._has_dots = True
            end = buffer.find(END_OF_DATA, dot)
            if end >= 0:
                data = _split(buffer, end + 2)
                del buffer[: len(_LONE_DOT)]
                return self._piece(data, last=True)
        if len(buffer) >= PIECE:
            return self._piece(_split(buffer, _cut(buffer)), last=False)
        self._searched = max(0, len(buffer) - len(END_OF_DATA) + 1)
        return None

    def _piece(self, raw: bytes, *, last: bool) -> Content:
        self.size += len(raw)
        self._searched = 0
        data, bare_newline = with_crlf_only(raw)
        if data is not raw or not self._after_crlf:
            data = _keep_lone_dots(data, self._at_line_start)
            self._has_dots = True
        if self._has_dots or data.startswith(b"."):
            data = _drop_single_dots(data, self._at_line_start)
            self._has_dots = False
        self._after_crlf = raw.endswith(b"\r\n")
        self._at_line_start = raw.endswith(b"\n")
        return Content(data, last, bare_newline)


class ChunkContent:
    """The content of a row of BDAT commands (RFC 3030): octets, which get their dots here."""

    def __init__(self) -> None:
        self.size = 0
        self._buffer = bytearray()
        self._at_line_start = True

    def add(self, octets: bytes) -> Content | None:
        """Keep ``octets``; comes back with a piece when there is enough for one."""
        self.size += len(octets)
        self._buffer += octets
        if len(self._buffer) < PIECE:
            return None
        return self._piece(_split(self._buffer, _cut(self._buffer)), last=False)

    def rest(self) -> Content:
        """What remains when the last chunk is in; the last line gets an end if it has none."""
        raw = bytes(self._buffer)
        self._buffer.clear()
        if raw.endswith(b"\r"):
            raw = raw[:-1]
        if not raw.endswith(b"\n") and (raw or not self._at_line_start):
            raw += b"\r\n"
        return self._piece(raw, last=True)

    def _piece(self, raw: bytes, *, last: bool) -> Content:
        at_line_start, self._at_line_start = self._at_line_start, raw.endswith(b"\n")
        data, bare_newline = with_crlf_only(raw)
        return Content(double_dots(data, at_line_start), last, bare_newline)


def with_crlf_only(data: bytes) -> tuple[bytes, bool]:
    """Make every LF a CRLF, all CRs before it included, and every other CR a space; tells whether
    there was a bare LF.

    ``data`` itself comes back if it has neither.
    """
    found = line_ends(data)
    if found in ((), (CRLF,)):
        return data, False
    lines = _LINE_ENDS.sub(b"\n", data).replace(b"\r", b" ")
    return lines.replace(b"\n", b"\r\n"), "\n" in found


def double_dots(data: bytes, at_line_start: bool = True) -> bytes:
    """Dot-stuffing (RFC 5321 section 4.5.2) of text with CRLF line ends."""
    if at_line_start and data.startswith(b"."):
        data = b"." + data
    return data.replace(b"\r\n.", b"\r\n..") if b"\r\n." in data else data


def _keep_lone_dots(data: bytes, at_line_start: bool) -> bytes:
    """A lone dot that a bare LF made a line of its own is content, not an end of data."""
    if at_line_start and data.startswith(_LONE_DOT):
        data = b"." + data
    # Twice: neighbours share their CRLF, and one pass takes every other one.
    for _ in range(2):
        data = data.replace(END_OF_DATA, b"\r\n..\r\n")
    return data


def _drop_single_dots(data: bytes, at_line_start: bool) -> bytes:
    """A dot that the client did not double stands for nothing (RFC 5321 section 4.5.2)."""
    if at_line_start and data.startswith(b".") and not data.startswith(b".."):
        data = data[1:]
    if data.count(_DOT) == data.count(b"\r\n.."):
        return data
    return _SINGLE_DOT.sub(b"", data)


def _split(buffer: bytearray, end: int) -> bytes:
    data = bytes(memoryview(buffer)[:end])
    del buffer[:end]
    return data


def _cut(buffer: bytearray) -> int:
    """Where to cut: behind the last line end, or else before a CR that may begin one."""
    newline = buffer.rfind(b"\n")
    if newline >= 0:
        return newline + 1
    return len(buffer) - 1 if buffer.endswith(b"\r") else len(buffer)
