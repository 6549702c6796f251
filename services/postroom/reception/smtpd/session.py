"""What smtpd knows of one client, and of the message it is sending."""

import re
from asyncio import AbstractEventLoop, BaseTransport

from aiosmtpd.smtp import Envelope, Session
from msgspec import structs

from postroom.contracts.intake import Upload
from postroom.esmtp.command import Mail
from postroom.esmtp.reply import Reply
from postroom.mail.envelope import Client, Recipient
from postroom.reception.smtpd.encryption import Secured
from postroom.reception.smtpd.peer import local_address, local_port

# Longer than any host name or address literal (RFC 1035, RFC 5321 section 4.1.3).
MAX_HELO = 512
_MISLEADING = re.compile(r"[^!-~\x80-\U0010ffff]|[<>()\\\";@\x80-\xa0]")
# Postfix's order in "disconnect from … ehlo=1 mail=1".
_COUNTED = {verb: verb.lower() for verb in (
    "HELO", "EHLO", "XCLIENT", "XFORWARD", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT",
    "RSET", "NOOP", "VRFY", "ETRN", "HELP", "QUIT", "UNKNOWN",
)}  # fmt: skip


class Transaction(Envelope):
    """One message on its way in; replaced whole after each final reply.

    ``queue_id`` is empty until there is a recipient, ``instance`` until a policy server is asked.
    ``upload`` is set while large content is passed on in pieces, ``failure`` once that went wrong;
    ``told`` is whether the log has, or will have, what becomes of the queue id.
    The last six are what access(5) actions ask for: DISCARD, HOLD, FILTER, REDIRECT, BCC and
    PREPEND.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mail: Mail | None = None
        self.recipients: list[Recipient] = []
        self.refused_recipients = 0
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


class ClientSession(Session):
    """One connection: its client, what it did so far, and how much patience is left.

    ``reverse_name`` is what reverse DNS says, confirmed or not (``unknown`` if nothing);
    ``name_unsure``: what is unknown may be known later. ``local_address`` is our end's,
    ``trusted`` whether the client is in mynetworks and ``rewrites_locally`` whether it is one of
    local_header_rewrite_clients, once that was asked. ``secured`` is set once TLS is spoken.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__(loop)
        self.client = Client()
        self.reverse_name = "unknown"
        self.name_unsure = False
        self.transport: BaseTransport | None = None
        self.secured: Secured | None = None
        self.trusted: bool | None = None
        self.rewrites_locally: bool | None = None
        # What it is told of each recipient, where it is only let talk (screening).
        self.blocked: Reply | None = None
        # Our end as the proxy in front of us sees it, if there is one.
        self.proxied_to: tuple[str, int] | None = None
        # Whether client_limits has it in its books.
        self.is_counted = False
        self.errors = 0
        self.junk_commands = 0
        self.recipient_overshoot = 0
        self.pipelined_early = False
        self.counts: dict[str, list[int]] = {}

    def greeted(self, helo: str, *, extended: bool) -> None:
        """HELO or EHLO was accepted."""
        self.host_name = helo = harmless(helo)
        self.extended_smtp = extended
        self.client = structs.replace(
            self.client, helo=helo, protocol="ESMTP" if extended else "SMTP"
        )

    def begin_anew(self, secured: Secured) -> None:
        """TLS is there; what was said in clear is forgotten (RFC 3207 section 4.2)."""
        self.secured = secured
        self.host_name = None
        self.extended_smtp = False
        self.client = structs.replace(
            self.client,
            helo="",
            protocol="SMTP",
            sasl_method="",
            sasl_username="",
            tls=str(secured.summary),
            certificate=secured.about_certificate,
        )

    def count(self, verb: str, *, accepted: bool) -> None:
        """Remember for the line at the end of the session."""
        counts = self.counts.get(verb)
        if counts is None:
            counts = self.counts[verb] = [0, 0]
        counts[0] += accepted
        counts[1] += 1

    @property
    def local_address(self) -> str:
        if self.proxied_to is not None:
            return self.proxied_to[0]
        return local_address(self.transport) if self.transport is not None else ""

    @property
    def local_port(self) -> int:
        if self.proxied_to is not None:
            return self.proxied_to[1]
        return local_port(self.transport) if self.transport is not None else 0

    @property
    def summary(self) -> str:
        """``ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4``."""
        words = []
        accepted = total = 0
        for verb, word in _COUNTED.items():
            counts = self.counts.get(verb)
            if counts is not None:
                words.append(f"{word}={_share(*counts)}")
                accepted += counts[0]
                total += counts[1]
        words.append(f"commands={_share(accepted, total)}")
        return " ".join(words)


def harmless(name: str) -> str:
    """What a client calls itself, without what would mislead a reader of a header or a log."""
    if name.isascii() and len(name) <= MAX_HELO and name.replace(".", "").isalnum():
        return name  # as most do; the search costs ten times as much
    return _MISLEADING.sub("?", name[:MAX_HELO])


def _share(accepted: int, total: int) -> str:
    return f"{total}" if accepted == total else f"{accepted}/{total}"
