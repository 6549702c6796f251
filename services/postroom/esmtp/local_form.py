"""Undo the wire form for mailboxes and commands: doubled dots single, line ends as wanted."""

from collections.abc import Iterable, Iterator


def local_form(pieces: Iterable[bytes], line_end: bytes = b"\n") -> Iterator[bytes]:
    """The pieces of a message with leading dots undoubled (RFC 5321 section 4.5.2).

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
        yield _undone(data, line_start, line_end)
        line_start = ends_line
    if held:
        yield held


def _undone(data: bytes, line_start: bool, line_end: bytes) -> bytes:
    if line_start and data.startswith(b"."):
        data = data[1:]
    if b"\r\n." in data:
        data = data.replace(b"\r\n.", b"\r\n")
    return data if line_end == b"\r\n" else data.replace(b"\r\n", line_end)
