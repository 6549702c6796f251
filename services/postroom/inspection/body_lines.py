"""The lines of a body, one after the other, as far as they are to be looked at."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Change(NamedTuple):
    """New lines in front of one that stays or in place of one that goes; their line ends are
    CRLF, their dots as they are."""

    new: bytes
    keep: bool


# What becomes of a line, or of a piece of a long one; None: it stays as it is.
Look = Callable[[bytes], Awaitable[Change | None]]


class BodyLines:
    """Of each body the first ``size_limit`` bytes are looked at (main.cf: body_checks_size_limit;
    0 is no limit), in pieces of at most ``line_limit`` (line_length_limit)."""

    def __init__(self, size_limit: int, line_limit: int, look: Look) -> None:
        self._size_limit = size_limit
        self._line_limit = line_limit
        self._look = look
        self._seen = 0
        self._open = b""
        # Whether a line begins in what is read, and in what is written.
        self._line_start = True
        self._at_start = True

    async def check(self, data: bytes, *, fresh: bool, asking: bool) -> bytes:
        """A stretch of a body, which may begin and end anywhere, as it is to be; a line whose end
        is not there yet comes with the next stretch, or with ``finish``."""
        return await self._check(data, fresh=fresh, asking=asking, last=False)

    async def finish(self, *, asking: bool) -> bytes:
        """What is left of the last line."""
        return await self._check(b"", fresh=False, asking=asking, last=True)

    async def _check(self, data: bytes, *, fresh: bool, asking: bool, last: bool) -> bytes:
        if fresh:
            self._seen = 0
            self._line_start = self._at_start = True
        text, self._open = self._open + data, b""
        out: list[bytes] = []
        at = 0
        while asking and at < len(text) and not self._is_over:
            end, following = self._line(text, at, last=last)
            if following == at:
                self._open = text[at:]
                break
            out.append(await self._looked_at(text[at:end], text[end:following]))
            at = following
        if rest := text[at : len(text) - len(self._open)]:
            # Nobody looks any more; of this line at most the beginning was changed.
            out.append(rest if self._line_start else self._dotted(rest))
            self._line_start = True
        return b"".join(out)

    @property
    def _is_over(self) -> bool:
        return 0 < self._size_limit <= self._seen

    def _line(self, text: bytes, at: int, *, last: bool) -> tuple[int, int]:
        """Where a line ends and the next one begins; where it began, if its end is not here."""
        end = text.find(b"\r\n", at, at + self._line_limit + 2)
        if end >= 0:
            return end, end + 2
        end = min(at + self._line_limit, len(text))
        return end, end if last or len(text) - at > self._line_limit + 1 else at

    async def _looked_at(self, line: bytes, line_end: bytes) -> bytes:
        # RFC 5321 section 4.5.2: the first of two dots is not the sender's.
        shown = line[1:] if self._line_start and line.startswith(b".") else line
        self._line_start = bool(line_end)
        self._seen += len(shown) + 1
        change = await self._look(shown) if shown else None
        if change is None:
            return self._written(shown + line_end)
        # A piece of a long line may have others of it in front.
        before = b"" if self._at_start else b"\r\n"
        if change.keep:
            return self._written(before + change.new + shown + line_end)
        if not change.new:
            return self._written(before if line_end else b"")
        return self._written(change.new.removesuffix(b"\r\n") + line_end)

    def _written(self, text: bytes) -> bytes:
        """The same with the dots doubled that begin a line."""
        dotted = self._dotted(text)
        return dotted.replace(b"\r\n.", b"\r\n..") if b"\r\n." in dotted else dotted

    def _dotted(self, text: bytes) -> bytes:
        """The same with a dot more, if it begins with one and a line does here."""
        dot = b"." if self._at_start and text.startswith(b".") else b""
        if text:
            self._at_start = text.endswith(b"\n")
        return dot + text
