"""What is said in a session, in the log as well (DEBUG_README)."""

from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Witness
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.conversation.transcript import without_password
from postroom.reception.smtpd.session import ClientSession


class Loud:
    """A witness that logs every command and reply, and tells ``other``, if there is one."""

    def __init__(self, log: SmtpdLog, session: ClientSession, other: Witness | None) -> None:
        self._log = log
        self._session = session
        self._other = other

    def heard(self, line: bytes) -> None:
        shown = without_password(line).decode("utf-8", "replace")
        self._log.dialogue("<", shown, self._session.client)
        if self._other is not None:
            self._other.heard(line)

    def said(self, reply: Reply) -> None:
        for line in reply.wire.decode("utf-8", "replace").splitlines():
            self._log.dialogue(">", line, self._session.client)
        if self._other is not None:
            self._other.said(reply)
