"""A reply: code, enhanced status code, text (RFC 5321 section 4.2, RFC 2034)."""

from functools import cached_property

from msgspec import Struct

_UNPRINTABLE = dict.fromkeys((*range(32), 127), "?")


class Reply(Struct, frozen=True, dict=True):
    """One reply of a server. ``status`` is empty where RFC 2034 wants none (greeting, EHLO).

    ``text`` may have several lines, parted by LF; other control characters never get out.
    """

    code: int
    status: str
    text: str

    @property
    def positive(self) -> bool:
        """Whether the command was carried out, or may go on (354)."""
        return self.code < 400

    @property
    def closes(self) -> bool:
        """Whether the session ends behind this reply (421, 221; 521 is Postfix's access(5))."""
        return self.code in {221, 421, 521}

    @property
    def softened(self) -> "Reply":
        """The same, but to be tried again (main.cf: soft_bounce)."""
        if self.code < 500:
            return self
        return Reply(self.code - 100, f"4{self.status[1:]}" if self.status else "", self.text)

    @property
    def line(self) -> str:
        """The reply on one line, for the log."""
        text = self.text.replace("\n", " ")
        return (
            f"{self.code} {self.status} {text}".rstrip() if self.status else f"{self.code} {text}"
        )

    @property
    def as_sent(self) -> str:
        """All of it on one line, where ``??`` are CR and LF, as the log shows them."""
        return self.wire.decode().removesuffix("\r\n").replace("\r\n", "??")

    @cached_property
    def wire(self) -> bytes:
        """What is sent (RFC 5321 section 4.2.1)."""
        if self.text.isprintable():
            return f"{self.line}\r\n".encode("utf-8", "replace")
        status = f"{self.status} " if self.status else ""
        lines = [line.translate(_UNPRINTABLE) for line in self.text.split("\n")]
        text = "".join(f"{self.code}-{status}{line}\r\n" for line in lines[:-1])
        return f"{text}{self.code} {status}{lines[-1]}\r\n".encode("utf-8", "replace")
