"""What the client's end of a session is told to do, and what it makes of a server's replies."""

from enum import Enum
from typing import NamedTuple

from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.reply_parser import PeerReply


class Step(Enum):
    """A command, and what the client does while it waits for the reply, in Postfix's words."""

    GREETING = ("greeting", "receiving the initial server greeting")
    EHLO = ("EHLO command", "performing the EHLO handshake")
    HELO = ("HELO command", "performing the HELO handshake")
    LHLO = ("LHLO command", "performing the LHLO handshake")
    STARTTLS = ("STARTTLS command", "receiving the STARTTLS response")
    AUTH = ("AUTH command", "performing the EHLO handshake")
    XFORWARD_CLIENT = ("XFORWARD name/address command", "sending XFORWARD name/address")
    XFORWARD_MESSAGE = ("XFORWARD helo/protocol command", "sending XFORWARD protocol/helo_name")
    MAIL = ("MAIL FROM command", "sending MAIL FROM")
    RCPT = ("RCPT TO command", "sending RCPT TO")
    DATA = ("DATA command", "sending DATA command")
    CONTENT = ("message body", "sending message body")
    END_OF_DATA = (
        "end of DATA command",
        "sending end of data -- message may be sent more than once",
    )
    RSET = ("RSET command", "sending final RSET")
    QUIT = ("QUIT command", "sending QUIT")

    def __init__(self, command: str, doing: str) -> None:
        self.command = command
        self.doing = doing


class Dialect(NamedTuple):
    """How to open the conversation. ``ignore`` lists EHLO keywords (upper case) to pass over.

    ``always_extended`` sends EHLO even if the greeting does not say ESMTP; ``never_extended``
    sends HELO at once, ``plain_if_masked`` where a firewall has masked the greeting.
    """

    name: str
    lmtp: bool = False
    always_extended: bool = True
    never_extended: bool = False
    ignore: frozenset[str] = frozenset()
    plain_if_masked: bool = False


# What goes before MAIL, line by line.
Preface = tuple[tuple[Step, bytes], ...]


class Message:
    """One transaction: complete MAIL and RCPT command lines, and how far it has come.

    A probe ``ends_with`` the replies to RCPT, or to DATA and with it the connection; the verdicts
    then are good ones, too. The server's objections to the ``preface`` (XFORWARD) are verdicts on
    no recipient.
    """

    def __init__(
        self,
        mail: bytes,
        recipients: tuple[bytes, ...],
        *,
        ends_with: Step = Step.END_OF_DATA,
        preface: Preface = (),
    ) -> None:
        self.mail = mail
        self.recipients = recipients
        self.preface = preface
        self.ends_with = ends_with
        self.accepted: list[int] = []
        self.refused = False
        self.outstanding = 0


class Ready(NamedTuple):
    """The handshake is over: messages may be started."""

    capabilities: Capabilities


class Answered(NamedTuple):
    """The reply to what was asked between handshake and messages: STARTTLS, a line of AUTH."""

    reply: PeerReply


class Refused(NamedTuple):
    """The server does not want to talk to us."""

    step: Step
    reply: PeerReply


class Verdict(NamedTuple):
    """The server's final word on some recipients (indexes) of a message, good or bad."""

    message: Message
    step: Step
    recipients: tuple[int, ...]
    reply: PeerReply


class WantsContent(NamedTuple):
    """At least one recipient is accepted: send the content, then call ``content_sent``."""

    message: Message


class Finished(NamedTuple):
    """Every command of the message has its reply."""

    message: Message


class Unsolicited(NamedTuple):
    """A reply to nothing, mostly ``421`` before the server hangs up."""

    reply: PeerReply


Event = Ready | Answered | Refused | Verdict | WantsContent | Finished | Unsolicited
