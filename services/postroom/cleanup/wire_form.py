"""Is this content in wire form? Checked by counting, with no work per line."""

from typing import Final

from postroom.ipc.contract import BrokenContract

# In wire form all of the first three are equally many (no bare CR or LF), and so are the last
# two (RFC 5321 section 4.5.2: a dot that begins a line is doubled, so no line is a lone dot).
_PATTERNS: Final = (b"\n", b"\r", b"\r\n", b"\n.", b"\n..")
_LONGEST: Final = 3


class WireForm:
    """Sees a message's content in pieces of any size; ``finish`` says whether it may stand."""

    def __init__(self) -> None:
        self.size = 0
        self._counts = [0] * len(_PATTERNS)
        # The content's first line begins as if a line had ended before it.
        self._tail = b"\r\n"

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        tail, head = self._tail, data[: _LONGEST - 1]
        for at, pattern in enumerate(_PATTERNS):
            count = data.count(pattern)
            if (across := len(pattern) - 1) > 0:
                count += (tail[-across:] + head[:across]).count(pattern)
            self._counts[at] += count
        self._tail = (tail + data[1 - _LONGEST :])[1 - _LONGEST :]

    def finish(self) -> None:
        """Raises BrokenContract: our own components never send anything else."""
        lf, cr, crlf, dots, double_dots = self._counts
        if not lf == cr == crlf:
            raise BrokenContract("content with a bare CR or LF")
        if dots != double_dots:
            raise BrokenContract("content with an undoubled dot at the start of a line")
        if self._tail != b"\r\n":
            raise BrokenContract("content that does not end with a line end")


def check(content: bytes) -> None:
    """The same for content that is all here."""
    form = WireForm()
    form.feed(content)
    form.finish()
