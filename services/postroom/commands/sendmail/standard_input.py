"""Read a message from the standard input the way sendmail(1) does."""

from postroom.contracts.postdrop import PIECE

TYPE_CHECKING = False  # The import costs more than this module.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def message_pieces(read: "Callable[[int], bytes]", dot_ends: bool) -> "Iterator[bytes]":
    """The message in pieces of at most PIECE bytes.

    First lines ``From …`` (mbox(5)) are no part of it. Where ``dot_ends``, a line that is
    just a dot ends the message, with or without CR; that line is no part of it either.
    """
    pieces = _without_from_line(_pieces(read))
    return _up_to_dot(pieces) if dot_ends else pieces


def _pieces(read: "Callable[[int], bytes]") -> "Iterator[bytes]":
    while piece := read(PIECE):
        yield piece


def _without_from_line(pieces: "Iterator[bytes]") -> "Iterator[bytes]":
    head = b""
    for piece in pieces:
        head += piece
        while b"\n" in head and _is_from_line(head):
            head = head.partition(b"\n")[2]
        if b"\n" in head or len(head) > PIECE:
            break
    for start in range(0, len(head), PIECE):
        yield head[start : start + PIECE]
    yield from pieces


def _is_from_line(head: bytes) -> bool:
    """However often it was quoted on its way (mbox(5))."""
    return head.lstrip(b">").startswith(b"From ")


def _up_to_dot(pieces: "Iterator[bytes]") -> "Iterator[bytes]":
    """Hold back the last bytes, which could be the start of the final line."""
    held = b"\n"
    # The message starts as if behind a line end, which is not in it.
    virtual = 1
    for piece in pieces:
        data = held + piece
        end = _final_line(data)
        cut = len(data) - _HELD if end < 0 else end
        if cut > virtual:
            yield data[virtual:cut]
        virtual = max(virtual - max(cut, 0), 0)
        if end >= 0:
            return
        held = data[max(cut, 0) :]
    yield held.removesuffix(b"\r").removesuffix(b".")[virtual:] if _is_dot(held) else held[virtual:]


# The longest start of a final line: "\n.\r".
_HELD = 3


def _final_line(data: bytes) -> int:
    """Where a line that is just a dot starts, or -1."""
    ends = [end for end in (data.find(b"\n.\n"), data.find(b"\n.\r\n")) if end >= 0]
    return min(ends) + 1 if ends else -1


def _is_dot(rest: bytes) -> bool:
    """Whether the input ended in a final line without a line end."""
    return rest.endswith((b"\n.", b"\n.\r"))
