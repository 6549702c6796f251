"""Replies of a server, out of bytes that arrive in any pieces; nothing in them is believed."""

import re
from functools import lru_cache
from typing import NamedTuple

from postroom.mail.status import StatusCode

# RFC 5321 section 4.5.3.1.5 allows 512; Postfix reads 2048. What is longer is cut off.
MAX_LINE = 2048
# A greeting or EHLO reply of this many bytes helps nobody; a server must not fill our memory.
MAX_REPLY = 65_536

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s|\Z)")
_CLASSES = "012345"
_UNPRINTABLE = {**dict.fromkeys((*range(32), *range(127, 160)), "?"), 9: " "}


class ReplyTooLong(Exception):
    """One reply exceeds MAX_REPLY; the connection is of no use any more."""


class PeerReply(NamedTuple):
    """One reply: its code, and its lines without the code, printable.

    ``codes`` are those of the lines, where they differ.
    """

    code: int
    lines: tuple[str, ...]
    codes: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All of it on one line, as the log shows it: ``550-5.1.1 No 550 5.1.1 such user``."""
        if len(self.lines) == 1:
            return f"{self.code} {self.lines[0]}".rstrip()
        last = len(self.lines) - 1
        codes = self.codes or (self.code,) * len(self.lines)
        shown = (
            f"{code}{' ' if number == last else '-'}{line}".rstrip()
            for number, (code, line) in enumerate(zip(codes, self.lines, strict=True))
        )
        return " ".join(shown)

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def status(self) -> StatusCode:
        """The enhanced code if it has the reply's class, else the class alone (RFC 3463)."""
        kind = _CLASSES[self.code // 100]
        found = _STATUS.match(self.lines[-1])
        if found is not None and found[1][0] == kind:
            return found[1]
        return f"{kind}.0.0"


class ReplyParser:
    """Feed it what arrived; it returns the replies that are complete."""

    def __init__(self) -> None:
        self._buffer = b""
        self._skipping = False
        self._lines: list[str] = []
        self._codes: list[int] = []
        self._size = 0

    def feed(self, data: bytes) -> list[PeerReply]:
        """Raises ReplyTooLong."""
        replies: list[PeerReply] = []
        *lines, rest = (self._buffer + data).split(b"\n")
        if lines and self._skipping:
            self._skipping = False
            del lines[0]
        for line in lines:
            self._line(line, replies)
        self._buffer = rest
        if len(rest) > MAX_LINE:
            self._cut(replies)
        return replies

    def _cut(self, replies: list[PeerReply]) -> None:
        """The line has no end in sight: act on its beginning once, pass over the rest."""
        if not self._skipping:
            self._line(self._buffer[:MAX_LINE], replies)
            self._skipping = True
        self._buffer = b""

    def _line(self, line: bytes, replies: list[PeerReply]) -> None:
        self._size += len(line) + 1
        if self._size > MAX_REPLY:
            raise ReplyTooLong
        reply, final = _read(line if len(line) <= MAX_LINE else line[:MAX_LINE])
        if reply is None:
            return  # Not SMTP. Some servers print such lines; they end no reply.
        if final and not self._lines:
            replies.append(reply)
            self._size = 0
            return
        self._lines += reply.lines
        self._codes.append(reply.code)
        if final:
            replies.append(self._whole(reply.code))
            self._lines, self._codes = [], []
            self._size = 0

    def _whole(self, code: int) -> PeerReply:
        """RFC 5321 section 4.2.1: in a multi-line reply the last code counts."""
        alike = self._codes.count(code) == len(self._codes)
        return PeerReply(code, tuple(self._lines), () if alike else tuple(self._codes))


@lru_cache(maxsize=512)  # A server says the same few lines for every message.
def _read(line: bytes) -> tuple[PeerReply | None, bool]:
    """A line as a reply of its own, and whether a reply ends with it; None is no reply."""
    found = _LINE.match(line.rstrip(b"\r"))
    if found is None:
        return None, False
    code, separator, text = found.groups(b"")
    shown = text.decode("utf-8", "replace")
    if not shown.isprintable():
        shown = shown.translate(_UNPRINTABLE)
    return PeerReply(int(code), (shown,)), separator != b"-"
