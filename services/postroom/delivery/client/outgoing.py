"""Content on its way out: as it lies where it may, with its long lines folded where it must."""

from collections.abc import Iterable, Iterator

from postroom.delivery.content import PIECE, Content
from postroom.mail.seven_bit import seven_bit

# What lies in memory anyway leaves in one write together with the final dot.
END_OF_DATA = b".\r\n"
_FOLD = b"\r\n "


class Outgoing:
    """One message ready to be sent, any number of times; ``limit`` is smtp_line_length_limit.

    Lines longer than ``limit`` are broken by CRLF and a space (0: never). Whether there is
    one is found out once, in hops from line end to line end. ``convert`` makes 8bit parts
    quoted-printable.
    """

    def __init__(self, content: Content, limit: int, *, convert: bool = False) -> None:
        self._content = content
        self._limit = limit
        self._convert = convert
        self._folded = limit > 0 and has_long_line(content.pieces(), limit)

    def whole(self) -> bytes | None:
        """Content and final dot in one, if the content is in memory."""
        data = self._content.data
        if data is None:
            return None
        if self._folded or self._convert:
            data = b"".join(self._changed((data,)))
        return data + end_of_data(data)

    def unchanged_file(self) -> Content | None:
        """The content, if there is any in a file that may be sent as it lies, with ``end``."""
        content = self._content
        if content.data is not None or content.size == 0 or content.head:
            return None
        if self._folded or self._convert:
            return None
        return content

    @property
    def end(self) -> bytes:
        """What follows unchanged content; raises ContentLost."""
        return end_of_data(self._content.last_byte())

    def pieces(self) -> Iterator[bytes]:
        """Content and final dot, piece by piece; raises ContentLost."""
        last = b""
        for piece in self._changed(self._content.pieces()):
            yield piece
            last = piece or last
        yield end_of_data(last)

    def _changed(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        if self._convert:
            pieces = gathered(seven_bit(pieces))
        return fold(pieces, self._limit) if self._folded else pieces


def end_of_data(content: bytes) -> bytes:
    """The final dot behind content, which must be on a line of its own (RFC 5321 4.1.1.4)."""
    return END_OF_DATA if content.endswith(b"\n") or not content else b"\r\n.\r\n"


def gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines in pieces that are worth a system call."""
    together: list[bytes] = []
    size = 0
    for line in lines:
        together.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(together)
            together, size = [], 0
    yield b"".join(together)


def has_long_line(pieces: Iterable[bytes], limit: int) -> bool:
    """Whether any line has more than ``limit`` bytes, its CRLF not counted."""
    carried = 0
    for piece in pieces:
        carried = _unfinished(piece, limit, carried)
        if carried > limit + 1:  # The last of them may be the CR of a CRLF.
            return True
    return carried > limit


def _unfinished(piece: bytes, limit: int, carried: int) -> int:
    """Length of the line that the piece leaves unfinished, or of a line that is too long."""
    # From where a line starts, ``limit`` bytes and CRLF must hold a line end.
    start, size, window = -carried, len(piece), limit + 2
    while start + window <= size:
        end = piece.rfind(b"\n", max(start, 0), start + window)
        if end < 0:
            return window
        start = end + 1
    end = piece.rfind(b"\n", max(start, 0), size)
    return size - (end + 1 if end >= 0 else start)


def fold(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """The pieces with CRLF and a space put into lines that are too long, as Postfix does."""
    column = 0
    for piece in pieces:
        folded: list[bytes] = []
        start = 0
        while start < len(piece):
            end = piece.find(b"\n", start) + 1 or len(piece)
            column = _fold_line(piece[start:end], column, limit, folded)
            start = end
        yield b"".join(folded)


def _fold_line(line: bytes, column: int, limit: int, folded: list[bytes]) -> int:
    """Append a line, or what this piece has of it from ``column`` on; returns the next column."""
    text = line.rstrip(b"\r\n")
    while text and column + len(text) > limit:
        room = max(limit - column, 0)
        folded += (text[:room], _FOLD)
        line, text = line[room:], text[room:]
        column = 1
    folded.append(line)
    return 0 if line.endswith(b"\n") else column + len(line)
