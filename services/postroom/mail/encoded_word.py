"""Text beyond ASCII in a header: encoded words (RFC 2047)."""

from collections.abc import Iterator

# RFC 2047 section 2: a word has 75 characters at most, its frame included.
_MAX_WORD = 75
# Section 5 (3): all else is encoded where a word stands in a phrase. A blank has a sign of its own.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def encoded_words(text: str, charset: str = "utf-8") -> str:
    """``text`` in the Q encoding, as many words as it takes, a line each.

    A character set that nobody knows is taken for UTF-8.
    """
    try:
        "x".encode(charset)
    except LookupError:
        charset = "utf-8"
    start, end = f"=?{charset}?Q?", "?="
    room = _MAX_WORD - len(start) - len(end)
    return "\r\n ".join(f"{start}{piece}{end}" for piece in _pieces(text, charset, room))


def _pieces(text: str, charset: str, room: int) -> Iterator[str]:
    """No character is cut in two (section 5)."""
    piece = ""
    for character in text:
        encoded = "".join(map(_encoded, character.encode(charset, "replace")))
        if piece and len(piece) + len(encoded) > room:
            yield piece
            piece = ""
        piece += encoded
    yield piece


def _encoded(octet: int) -> str:
    if octet in _PLAIN:
        return chr(octet)
    return "_" if octet == ord(" ") else f"={octet:02X}"
