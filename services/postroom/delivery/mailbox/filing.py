"""Make the task that files one message in one mailbox: Maildir where the path ends in a slash."""

import zlib
from typing import NamedTuple

from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.tasks import AppendMbox, Locking, Message, WriteMaildir
from postroom.delivery.mailbox.heading import from_line, heading
from postroom.mail.envelope import Recipient

_SHARED = "cannot append message to file {path}: "


class Filing(NamedTuple):
    """What the configuration says of all mailboxes of an agent.

    How large they may be the unit says (LimitFSIZE=), of files that commands write as well.
    ``failing`` is how the agent begins to tell that a user's own could not be written to.
    """

    locking: Locking
    original_recipient: bool
    myhostname: str
    failing: str
    strict: bool = True

    def task(
        self,
        attempt: Attempt,
        path: str,
        sender: str,
        recipient: Recipient,
        *,
        own: str = "",
        delivered: bool = True,
    ) -> WriteMaildir | AppendMbox:
        """``own`` is whose mailbox it is, if one user's; ``delivered`` asks for that line."""
        lines = heading(sender, recipient, original=self.original_recipient, delivered=delivered)
        message = message_of(attempt, lines)
        if path.endswith("/"):
            place = path.rstrip("/") or "/"
            return WriteMaildir(place, self._name(attempt, recipient), message)
        failing = self.failing.format(path=path, user=own) if own else _SHARED.format(path=path)
        line = from_line(sender)
        return AppendMbox(path, line, message, self.locking, own, self.strict, failing)

    def _name(self, attempt: Attempt, recipient: Recipient) -> str:
        """The same for the same message and recipient, at every attempt."""
        whom = zlib.crc32(recipient.address.encode())
        request = attempt.request
        host = self.myhostname.replace("/", "_").replace(":", "_")
        return f"{request.envelope.arrival:.0f}.Q{request.queue_id}R{whom:08X}.{host}"


def message_of(attempt: Attempt, lines: bytes) -> Message:
    """The attempt's content with ``lines`` before it."""
    content = attempt.content
    return Message(lines, attempt.request.size, content.offset, content.data)
