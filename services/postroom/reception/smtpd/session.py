"""What smtpd knows of one client."""

import re
import time
from asyncio import AbstractEventLoop, BaseTransport

from aiosmtpd.smtp import Session
from msgspec import structs

from postroom.esmtp.command import Xclient
from postroom.esmtp.reply import Reply
from postroom.mail.envelope import UNKNOWN, Client
from postroom.reception.smtpd.peer import local_address, local_port
from postroom.reception.smtpd.tls.encryption import Secured

# Longer than any host name or address literal (RFC 1035, RFC 5321 section 4.1.3).
MAX_HELO = 512
_MISLEADING = re.compile(r"[^!-~\x80-\U0010ffff]|[<>()\\\";@\x80-\xa0]")
# Postfix's order in "disconnect from … ehlo=1 mail=1".
_COUNTED = {verb: verb.lower() for verb in (
    "HELO", "EHLO", "XCLIENT", "XFORWARD", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT",
    "RSET", "NOOP", "VRFY", "ETRN", "HELP", "QUIT", "UNKNOWN",
)}  # fmt: skip


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
        # Whether it is not wanted, and may only leave.
        self.denied = False
        # What it is told of each recipient, where it is only let talk (screening).
        self.blocked: Reply | None = None
        # Our end as the proxy in front of us sees it, if there is one.
        self.proxied_to: tuple[str, int] | None = None
        # What was told of EHLO keywords that stand for commands.
        self.may_start_tls = True
        self.may_log_in = True
        # Where the connection comes from, whoever the client says it is (XCLIENT).
        self.source_address = UNKNOWN
        # Whether it may speak for others: as XCLIENT and XFORWARD have it.
        self.xclient_allowed = False
        self.xforward_allowed = False
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

    def become(self, said: Xclient) -> None:
        """From here on it is another client; TLS stays as it is (XCLIENT_README)."""
        client = self.client
        self.host_name = said.helo or None
        self.extended_smtp = said.protocol == "ESMTP"
        self.trusted = self.rewrites_locally = None
        self.client = structs.replace(
            client,
            name=client.name if said.name is None else said.name,
            address=client.address if said.address is None else said.address,
            port=client.port if said.port is None else said.port,
            helo=said.helo or "",
            protocol=said.protocol or "SMTP",
            sasl_method=Xclient.verb if said.login else "",
            sasl_username=said.login or "",
        )
        self._become_named(said)
        if said.local_address is not None or said.local_port is not None:
            address, port = self.local_address, self.local_port
            self.proxied_to = (
                address if said.local_address is None else said.local_address,
                port if said.local_port is None else said.local_port,
            )

    def _become_named(self, said: Xclient) -> None:
        """A name that is given is what reverse DNS would say, unless that is given as well."""
        if said.name is not None:
            self.name_unsure = said.name_unsure
            if said.name != UNKNOWN:
                self.reverse_name = said.name
        if said.reverse_name is not None:
            self.reverse_name = said.reverse_name
            self.name_unsure = self.name_unsure or said.reverse_name_unsure

    def count(self, verb: str, *, accepted: bool) -> None:
        """Remember for the line at the end of the session."""
        counts = self.counts.get(verb)
        if counts is None:
            counts = self.counts[verb] = [0, 0]
        counts[0] += accepted
        counts[1] += 1

    def attributes(self, host: str) -> dict[str, str]:
        """What replies of ``host`` may tell of the session (postconf(5), smtpd_reject_footer)."""
        client = self.client
        return {
            "client": client.shown,
            "client_address": client.address,
            "client_name": client.name,
            "client_port": str(client.port),
            "reverse_client_name": self.reverse_name,
            "helo_name": client.helo,
            "server_name": host,
            "localtime": time.strftime("%b %d %H:%M:%S"),
        }

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
        words.append(f"commands={_share(accepted, total) if total else '0/0'}")
        return " ".join(words)


def harmless(name: str) -> str:
    """What a client calls itself, without what would mislead a reader of a header or a log."""
    if name.isascii() and len(name) <= MAX_HELO and name.replace(".", "").isalnum():
        return name  # as most do; the search costs ten times as much
    return _MISLEADING.sub("?", name[:MAX_HELO])


def _share(accepted: int, total: int) -> str:
    return f"{total}" if accepted == total else f"{accepted}/{total}"
