"""Undo the wire form for mailboxes and commands: doubled dots single, line ends as wanted."""

from collections.abc import Iterable, Iterator


def local_form(
    pieces: Iterable[bytes], line_end: bytes = b"\n", *, keep_dots: bool = False
) -> Iterator[bytes]:
    """The pieces of a message with leading dots undoubled (RFC 5321 section 4.5.2).

    ``keep_dots`` leaves them doubled, as BSMTP wants it.
    No line is ever held as a whole, so its length does not matter. A CR that ends a piece waits
    for the next one, because it may belong to a CRLF.
    """
    held = b""
    line_start = True
    for piece in pieces:
        data = held + piece if held else piece
        held = b"\r" if data.endswith(b"\r") else b""
        if held:
            data = data[:-1]
        if not data:
            continue
        ends_line = data.endswith(b"\r\n")
        yield _undone(data if keep_dots else without_dots(data, line_start), line_end)
        line_start = ends_line
    if held:
        yield held


def without_dots(data: bytes, line_start: bool) -> bytes:
    """A stretch of wire form with its leading dots undoubled; its end is not within a CRLF."""
    if line_start and data.startswith(b"."):
        data = data[1:]
    return data.replace(b"\r\n.", b"\r\n") if b"\r\n." in data else data


def _undone(data: bytes, line_end: bytes) -> bytes:
    return data if line_end == b"\r\n" else data.replace(b"\r\n", line_end)
