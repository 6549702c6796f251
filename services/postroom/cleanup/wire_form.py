"""Is this content in wire form? Checked by searches through all of it, with no work per line."""

import re

from postroom.cleanup.refusal import MALFORMED, Refusal
from postroom.mail.line_ends import has_only_crlf

_LINE_END = b"\r\n"
# What cannot be judged without what follows.
_OPEN_END = re.compile(rb"(?:\r\n(?:\.\r?)?|\r)\Z")
_LONGEST_OPEN_END = 4


class WireForm:
    """Sees a message's content in pieces of any size; raises Refusal where it may not stand.

    Every CR and LF belongs to a CRLF, and a dot that begins a line is doubled, so that no line
    is a lone dot (RFC 5321 section 4.5.2). Our own components never send anything else.
    """

    def __init__(self) -> None:
        self.size = 0
        # The first line begins as if a line had ended before it.
        self._open = _LINE_END

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        text = self._open + data
        found = _OPEN_END.search(text, max(len(text) - _LONGEST_OPEN_END, 0))
        end = found.start() if found else len(text)
        self._open = text[end:]
        _judge(text[:end])

    def finish(self) -> None:
        if self._open != _LINE_END:
            raise Refusal(MALFORMED)


def _judge(text: bytes) -> None:
    if not has_only_crlf(text):
        raise Refusal(MALFORMED)
    dots = text.count(b"\n.")
    if dots and dots != text.count(b"\n.."):
        raise Refusal(MALFORMED)


def check(content: bytes) -> None:
    """The same for content that is all here."""
    form = WireForm()
    form.feed(content)
    form.finish()
