"""A line that starts with ``From `` would begin a new message in an mbox: it gets a ``>``."""

from collections.abc import Iterable, Iterator

# What could be the start of "\nFrom " at the end of a piece.
_HELD = len(b"\nFrom")


def from_quoted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text with such lines quoted, however it is cut; lines may end in CRLF."""
    held = b"\n"
    # The text starts as if behind a line end, which is not written.
    virtual = 1
    for piece in pieces:
        data = (held + piece).replace(b"\nFrom ", b"\n>From ")
        cut = max(len(data) - _HELD, 0)
        yield data[virtual:cut]
        virtual = max(virtual - cut, 0)
        held = data[cut:]
    yield held[virtual:]
