"""What smtpd knows of the message that a client is sending."""

from aiosmtpd.smtp import Envelope

from postroom.contracts.intake import Upload
from postroom.esmtp.command import Mail, Xforward
from postroom.esmtp.reply import Reply
from postroom.mail.envelope import UNKNOWN, Recipient, Upstream


class Transaction(Envelope):
    """One message on its way in; replaced whole after each final reply.

    ``queue_id`` is empty until there is a recipient, ``instance`` until a policy server is asked.
    ``upload`` is set while large content is passed on in pieces, ``failure`` once that went wrong;
    ``told`` is whether the log has, or will have, what becomes of the queue id. ``forwarded`` is
    what the client said of where it has the message from.
    The last six are what access(5) actions ask for: DISCARD, HOLD, FILTER, REDIRECT, BCC and
    PREPEND.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mail: Mail | None = None
        self.forwarded: Xforward | None = None
        self.recipients: list[Recipient] = []
        self.queue_id = ""
        self.instance = ""
        self.arrival = 0.0
        self.upload: Upload | None = None
        self.failure: Reply | None = None
        self.told = False
        self.discarded = False
        self.held = False
        self.filter = ""
        self.redirected_to = ""
        self.bcc = ""
        self.prepended = b""

    @property
    def sender(self) -> str | None:
        """The envelope sender; None where there is no transaction."""
        return self.mail.sender if self.mail else None

    @property
    def upstream(self) -> Upstream | None:
        """Who gave the message to the client, if the client said so (XFORWARD_README)."""
        said = self.forwarded
        if said is None:
            return None
        told = {said.name, said.address, said.port, said.protocol, said.helo}
        if told == {None}:
            return None
        name, address = said.name or UNKNOWN, said.address or UNKNOWN
        shown = name if address == UNKNOWN else f"{name}[{address}]"
        protocol = said.protocol or UNKNOWN
        return Upstream(shown, name, address, said.port or 0, said.helo or "", protocol)

    @property
    def forwarded_id(self) -> str:
        """What the message was called there, if that was said."""
        return (self.forwarded and self.forwarded.ident) or ""
