"""How a connection fails its message: the server refuses us, or it is lost."""

from postroom.esmtp.client_events import Step
from postroom.esmtp.reply_parser import PeerReply
from postroom.mail.status import StatusCode


class HostRefused(Exception):
    """The server's greeting or its answer to EHLO or HELO was negative."""

    def __init__(self, step: Step, reply: PeerReply) -> None:
        super().__init__(reply.text)
        self.step = step
        self.reply = reply


class ConversationFailed(Exception):
    """The connection was lost or its deadline passed, at ``step``; ``str`` is for the log.

    ``in_tls`` says that it was encrypted. ``code`` is another where that is our own mistake.
    """

    def __init__(
        self, text: str, step: Step | None, *, in_tls: bool = False, code: StatusCode = "4.4.2"
    ) -> None:
        super().__init__(text)
        self.step = step
        self.in_tls = in_tls
        self.code = code
