"""The lookup keys in a message: ``postmap -h``, ``-b`` and ``-m`` (header_checks(5))."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from postroom.mail.header import decode, encode
from postroom.mail.mime import Flaw, Limits, MimeReader, Piece

# The defaults of mime_nesting_limit and mime_boundary_length_limit.
_LIMITS = Limits(nesting=100, boundary=2048)


class Key(NamedTuple):
    """A logical header, lines and all, or a line of a body."""

    is_header: bool
    text: str


def message_keys(lines: Iterable[str], *, mime: bool) -> Iterator[Key]:
    """The keys of a message (RFC 5322) in their order; with ``mime`` of each part of it as well.

    The empty line that ends headers is a line of the body.
    """
    reader = MimeReader(_LIMITS, _ignored, structured=mime)
    for line in lines:
        yield from _keys(reader.feed(encode(line) + b"\r\n"))
    yield from _keys(reader.finish())


def _keys(pieces: Iterable[Piece]) -> Iterator[Key]:
    for piece in pieces:
        if piece.field is not None:
            yield Key(True, piece.field.key(piece.data))
        else:
            for line in piece.data.removesuffix(b"\r\n").split(b"\r\n"):
                yield Key(False, decode(line))


def _ignored(_: Flaw, __: bytes) -> None:
    """Keys are all that is asked for."""
