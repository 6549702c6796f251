"""Octets that content must not have (main.cf: message_strip_, message_reject_characters).

Line ends are the form of the content and no part of it: they stay, whatever main.cf says.
"""

import re
from typing import Final

from postroom.esmtp.content import double_dots
from postroom.esmtp.local_form import without_dots

# postconf(5): C-like; a backslash before anything else stands for nothing.
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|([\s\S])|\Z)")
_LETTERS: Final = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))


def octets(text: str) -> bytes:
    """The set that a parameter describes, without line ends."""
    plain = _ESCAPE.sub(_meant, text.encode("utf-8", "surrogateescape"))
    return bytes(set(plain) - set(b"\r\n"))


def _meant(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes((int(escape[1], 8) & 0xFF,))
    return bytes(_LETTERS.get(octet, octet) for octet in escape[2] or b"")


class Stripping:
    """Takes octets out of content in wire form, and what is left is in wire form, too."""

    def __init__(self, unwanted: bytes) -> None:
        self._unwanted = unwanted
        self._held = b""
        # Whether a line begins, in what came and in what went.
        self._line_start = True
        self._new_line_start = True

    def feed(self, data: bytes) -> bytes:
        """A piece of the content; a CR at its end waits for what follows."""
        text = self._held + data
        self._held = b"\r" if text.endswith(b"\r") else b""
        if self._held:
            text = text[:-1]
        plain = without_dots(text, self._line_start).translate(None, self._unwanted)
        kept = double_dots(plain, self._new_line_start)
        if text:
            self._line_start = text.endswith(b"\r\n")
        if plain:
            self._new_line_start = plain.endswith(b"\r\n")
        return kept

    def finish(self) -> bytes:
        """What waits; nothing, for content in wire form."""
        return self._held
