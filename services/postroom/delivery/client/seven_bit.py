"""A message for a server without 8BITMIME: its 8bit parts as quoted-printable (RFC 6152 section 3).

Works on wire form, line by line and in bounded memory; only messages that need it come here.
"""

import binascii
import re
from collections.abc import Iterable, Iterator

# main.cf: header_size_limit. A larger header is let through as it is, with its body.
MAX_HEADER = 102_400
# A longer line is taken in pieces of this size.
_MAX_LINE = 8192
_CONTENT_TYPE = re.compile(rb"(?im)^content-type[ \t]*:[ \t\r\n]*([^\s;/]+)/([^\s;]+)")
_BOUNDARY = re.compile(rb'(?i);[ \t\r\n]*boundary[ \t]*=[ \t]*(?:"([^"\r\n]+)"|([^\s;"]+))')
_ENCODING = re.compile(rb"(?im)^(content-transfer-encoding[ \t]*:[ \t\r\n]*)8bit\b")


def seven_bit(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same message; parts that say they are 8bit are converted, all others left alone."""
    converter = _Converter()
    for line in _lines(pieces):
        yield converter.line(line)
    yield converter.end()


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their CRLF; over-long ones in pieces that end with no space and no CR."""
    held = b""
    for piece in pieces:
        data = held + piece
        start = 0
        while (end := data.find(b"\n", start) + 1) or len(data) - start > _MAX_LINE:
            if not end:
                end = start + len(data[start : start + _MAX_LINE].rstrip(b" \t\r")) or len(data)
            yield data[start:end]
            start = end
        held = data[start:]
    if held:
        yield held


class _Converter:
    """Follows the structure of the message: a header, a body, and parts within parts."""

    def __init__(self) -> None:
        self._header: list[bytes] | None = []
        self._header_size = 0
        self._encoding = False
        self._line_start = True
        self._boundaries: list[bytes] = []

    def line(self, line: bytes) -> bytes:
        """What becomes of one line, perhaps later."""
        line_start, self._line_start = self._line_start, line.endswith(b"\n")
        if self._header is not None:
            return self._header_line(line)
        if line_start and line.startswith(b"--"):
            self._delimiter(line)
            if self._header is not None or not self._encoding:
                return line
        return _encoded(line, line_start) if self._encoding else line

    def end(self) -> bytes:
        """A header that no body followed."""
        return b"".join(self._header or ())

    def _header_line(self, line: bytes) -> bytes:
        assert self._header is not None
        self._header.append(line)
        self._header_size += len(line)
        if line == b"\r\n":
            return self._body_begins(b"".join(self._header))
        if self._header_size > MAX_HEADER:
            passed, self._header, self._encoding = self.end(), None, False
            return passed
        return b""

    def _body_begins(self, header: bytes) -> bytes:
        self._header, self._header_size, self._encoding = None, 0, False
        kind = _CONTENT_TYPE.search(header)
        main, sub = (kind[1].lower(), kind[2].lower()) if kind else (b"text", b"plain")
        boundary = _BOUNDARY.search(header, kind.end()) if kind else None
        if main == b"multipart" and boundary:
            self._boundaries.append(boundary[1] or boundary[2])
        elif main == b"message":
            # RFC 2046 section 5.2.1: its content may not be encoded as a whole.
            self._header = [] if sub == b"rfc822" else None
        elif _ENCODING.search(header):
            self._encoding = True
            return _ENCODING.sub(rb"\1quoted-printable", header, count=1)
        return _ENCODING.sub(rb"\g<1>7bit", header, count=1)

    def _delimiter(self, line: bytes) -> None:
        """RFC 2046 section 5.1.1: a boundary ends every part within, and may begin another."""
        text = line.rstrip()[2:]
        for depth in range(len(self._boundaries) - 1, -1, -1):
            boundary = self._boundaries[depth]
            if text == boundary:
                del self._boundaries[depth + 1 :]
                self._header, self._header_size, self._encoding = [], 0, False
                return
            if text == boundary + b"--":
                del self._boundaries[depth:]
                self._encoding = False
                return


def _encoded(line: bytes, line_start: bool) -> bytes:
    """One line, or a piece of a long one, as quoted-printable in wire form."""
    if line_start and line.startswith(b"."):
        line = line[1:]
    encoded = binascii.b2a_qp(line).replace(b"=\r\n", b"=\n").replace(b"=\n", b"=\r\n")
    if not line.endswith(b"\n"):
        encoded += b"=\r\n"
    encoded = encoded.replace(b"=\r\n.", b"=\r\n..")
    return b"." + encoded if encoded.startswith(b".") else encoded
