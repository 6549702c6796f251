"""What is said in a session, for a postmaster who wants to see those that go wrong."""

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from postroom.esmtp.reply import Reply
from postroom.maillog.record import printable
from postroom.reception.smtpd.notices import Notices
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.trouble import trouble

# A client that goes on for ever is shown by its last words.
MAX_TURNS: Final = 1000
# Where one thing is over and the next begins (main.cf: smtpd_history_flush_threshold).
_PAUSES: Final = frozenset({b"EHLO", b"HELO", b"RSET", b"DATA", b"BDAT"})
_GO_AHEAD: Final = 354


class Transcript:
    """The witness of one session's engine; what it saw goes to ``notices`` if it was trouble."""

    def __init__(
        self,
        notices: Notices,
        session: ClientSession,
        background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._notices = notices
        self._session = session
        self._background = background
        self._talk: deque[bytes | Reply] = deque(maxlen=MAX_TURNS)
        self._last = b""
        self._troubles: frozenset[str] = frozenset()

    def heard(self, line: bytes) -> None:
        self._last = line = without_password(line)
        self._talk.append(line)

    def said(self, reply: Reply) -> None:
        self._talk.append(reply)
        if reply.code >= 400:
            self._troubles |= trouble(reply) & self._notices.classes
        if len(self._talk) > self._notices.flush_threshold and self._pauses(reply):
            self.end()

    def _pauses(self, reply: Reply) -> bool:
        return self._last[:4].upper() in _PAUSES and reply.code != _GO_AHEAD

    def end(self) -> None:
        """The session is over, or long enough to look at it."""
        if self._troubles:
            lines = tuple(line for one in self._talk for line in _lines(one))
            self._background(self._notices.send(self._session.client, self._troubles, lines))
        self._troubles = frozenset()
        self._talk.clear()


def without_password(line: bytes) -> bytes:
    """A command as it may be shown: behind AUTH and its mechanism there may be a password."""
    return b" ".join(line.split(None, 2)[:2]) if line[:5].upper() == b"AUTH " else line


def _lines(one: bytes | Reply) -> list[str]:
    """What is seldom read is made readable when it is."""
    if isinstance(one, bytes):
        return [f"In:  {printable(one.decode('utf-8', 'replace'))}"]
    return [f"Out: {line}" for line in one.wire.decode("utf-8", "replace").splitlines()]
