"""What travels with a message outside its content: sender, recipients, and where it came from.

These values cross sockets and lie in the spool, so decoding one is checking it: texts are
bounded, addresses hold no control characters, unknown fields are refused.
"""

import re
from enum import Enum
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

# RFC 5321 section 4.5.3.1.3 asks for 256 octets; longer ones are seen and harmless.
MAX_ADDRESS = 1024
Address = Annotated[str, Meta(max_length=MAX_ADDRESS, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
# One line of text that is shown or logged, never interpreted.
MAX_LINE = 4096
Line = Annotated[str, Meta(max_length=MAX_LINE, pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*\Z")]
# Several such lines, parted by LF.
Lines = Annotated[str, Meta(max_length=MAX_LINE, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
# The first two, checked by the struct that holds them: a pattern costs a microsecond per field,
# one look at all fields together a tenth of that.
UncheckedAddress = Annotated[str, Meta(max_length=MAX_ADDRESS)]
UncheckedLine = Annotated[str, Meta(max_length=MAX_LINE)]
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

UNKNOWN = "unknown"

# Seconds since 1970, finite, within what file systems and calendars can hold.
Instant = Annotated[float, Meta(ge=0, lt=1e11)]

# Two characters, or none (see ``verp``).
VerpDelimiters = Annotated[str, Meta(pattern=r"^(?:[!-~]{2})?\Z")]


class Value(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of everything that crosses a socket: positional, immutable, closed."""


# sendmail -bv: find out what would become of the message, and tell its sender; nothing is
# delivered. sendmail -v: deliver it, and tell its sender what the first attempt came to.
UserTrace = Literal["", "verify", "verbose"]
# A probe is as for -bv, and verify(8) is told, whose alone it is.
Trace = Literal["", "verify", "verbose", "probe"]


# RFC 3848, RFC 6531 section 4.3: S for TLS, A for a client that logged in.
Protocol = Literal[
    "SMTP",
    "ESMTP",
    "ESMTPS",
    "ESMTPA",
    "ESMTPSA",
    "UTF8SMTP",
    "UTF8SMTPS",
    "UTF8SMTPA",
    "UTF8SMTPSA",
]


class Notify(str, Enum):
    """RFC 3461 section 4.1: when the sender wants to hear about a recipient."""

    NEVER = "NEVER"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    DELAY = "DELAY"


class Recipient(Value, frozen=True):
    """One envelope recipient.

    ``address`` is where the message goes now, ``original`` what the client or the user wrote
    (empty where nothing rewrote it); ``orcpt`` and ``notify`` are RFC 3461's.
    """

    address: UncheckedAddress
    original: UncheckedAddress = ""
    notify: tuple[Notify, ...] = ()
    orcpt: UncheckedAddress = ""

    def __post_init__(self) -> None:
        check_address(f"{self.address}{self.original}{self.orcpt}")

    def resolved(self, address: str) -> "Recipient":
        """The same by the ``address`` that his mail goes to, where a route was read into his own
        (``user%host``, ``host!user``)."""
        original = self.original if address == self.address else self.original or self.address
        return structs.replace(self, address=address, original=original)

    def without_success(self) -> "Recipient":
        """For what an address was expanded to: that is told already (RFC 3461 section 5.2.7)."""
        if Notify.SUCCESS not in self.notify:
            return self
        rest = tuple(notify for notify in self.notify if notify is not Notify.SUCCESS)
        return structs.replace(self, notify=rest or (Notify.NEVER,))


class Upstream(Value, frozen=True):
    """Where a message came from, as lines of the log, commands and the next server are told.

    Of a message that came through a content filter that is what the filter passed on
    (XFORWARD_README). ``shown`` is how the log names it: ``name[address]``, or the name alone.
    """

    shown: UncheckedLine
    name: UncheckedLine = UNKNOWN
    address: UncheckedLine = UNKNOWN
    port: int = 0
    helo: UncheckedLine = ""
    protocol: UncheckedLine = UNKNOWN

    def __post_init__(self) -> None:
        check_line(f"{self.shown}{self.name}{self.address}{self.helo}{self.protocol}")


class Client(Value, frozen=True):
    """The SMTP client a message came from, as smtpd saw it."""

    name: UncheckedLine = UNKNOWN
    address: UncheckedLine = UNKNOWN
    port: int = 0
    helo: UncheckedLine = ""
    protocol: Protocol = "SMTP"
    sasl_method: UncheckedLine = ""
    sasl_username: UncheckedLine = ""
    tls: UncheckedLine = ""
    # What is said of the client's certificate where ``tls`` is shown.
    certificate: UncheckedLine = ""
    # Who submitted the message at first, as MAIL AUTH= has it (RFC 4954 section 5).
    sasl_sender: UncheckedLine = ""
    # Whether the log has its port, too (main.cf: smtpd_client_port_logging).
    port_shown: bool = False
    # Whether those who get the message are told nothing of it (main.cf:
    # smtpd_hide_client_session).
    hidden: bool = False

    @property
    def shown(self) -> str:
        """``name[address]``, as every line of the log has it."""
        port = f":{self.port}" if self.port_shown else ""
        return f"{self.name}[{self.address}]{port}"

    def __post_init__(self) -> None:
        texts = f"{self.name}{self.address}{self.helo}{self.sasl_method}{self.sasl_username}"
        check_line(f"{texts}{self.tls}{self.certificate}{self.sasl_sender}")

    @property
    def upstream(self) -> Upstream:
        """The same as the source of mail; TLS and login are no protocols of their own there."""
        protocol = "SMTP" if self.protocol == "SMTP" else "ESMTP"
        return Upstream(self.shown, self.name, self.address, self.port, self.helo, protocol)


class Submitter(Value, frozen=True):
    """The local user whose program called sendmail, as the kernel named it."""

    uid: int
    login: Line = ""
    full_name: Line = ""


class Envelope(Value, frozen=True):
    """Sender, recipients and origin of one message; ``arrival`` in seconds since 1970.

    Exactly one of ``client`` (came by SMTP) and ``submitter`` (came by sendmail) is set, or
    neither for mail that the system itself makes (bounces, forwarded mail). ``body`` is empty where
    nobody said what it is (RFC 6152: 7BIT then).
    """

    sender: UncheckedAddress
    recipients: tuple[Recipient, ...]
    arrival: Instant
    client: Client | None = None
    submitter: Submitter | None = None
    body: Literal["", "7BIT", "8BITMIME"] = ""
    smtputf8: bool = False
    ret: Literal["", "FULL", "HDRS"] = ""
    envid: UncheckedAddress = ""
    # Headers and addresses are completed with our own domain only for mail of our own users.
    rewrite_locally: bool = False
    # New fields go to the end and have a default: the spool holds records that lack them.
    trace: Trace = ""
    # Who became others on the way, and whose sender wants to hear of it.
    expanded: tuple[Recipient, ...] = ()
    # Whoever may have to bring this message again after a crash gives it the same name each time,
    # and qmgr takes it once.
    once: UncheckedAddress = ""
    # ``transport:nexthop`` of a content filter, which gets the message in place of all its
    # recipients' own (FILTER_README).
    filter: UncheckedAddress = ""
    # Nobody is to deliver it until the superuser says so (access(5), HOLD).
    hold: bool = False
    # What stands between the parts of each recipient's own sender, if each has one (see ``verp``).
    verp: Annotated[str, Meta(max_length=2)] = ""
    # What a content filter or an alias passed on: where the message came from at first, and what it
    # was called before.
    forwarded: Upstream | None = None
    forwarded_id: UncheckedAddress = ""

    def __post_init__(self) -> None:
        texts = f"{self.sender}{self.envid}{self.once}{self.filter}{self.verp}"
        check_address(f"{texts}{self.forwarded_id}")
        if len(self.verp) == 1:
            raise ValueError("one VERP delimiter")

    @property
    def is_probe(self) -> bool:
        """Whether this message is never to be delivered anywhere (sendmail -bv, verify(8))."""
        return self.trace in ("verify", "probe")

    @property
    def is_personal(self) -> bool:
        """Whether each recipient gets a copy of his own, from a sender of its own."""
        return bool(self.verp and self.sender)

    @property
    def may_come_again(self) -> bool:
        """Whether whoever brought the message may have to bring it once more."""
        return self.submitter is not None or bool(self.once)

    @property
    def upstream(self) -> Upstream | None:
        """Where it came from at first, as far as is known; None if no client brought it."""
        if self.forwarded is not None or self.client is None:
            return self.forwarded
        return self.client.upstream

    def original_id(self, queue_id: str) -> str:
        """What the message was called at first, where it is ``queue_id`` now; mail that no client
        brought has no such name."""
        return self.forwarded_id or (queue_id if self.client is not None else "")

    def to(self, recipients: tuple[Recipient, ...]) -> "Envelope":
        """The same envelope for other recipients."""
        return structs.replace(self, recipients=recipients)


def check_address(text: str) -> None:
    """Raises ValueError where ``Address`` would be refused; for several at a time."""
    if not text.isprintable() and _NOT_IN_ADDRESS.search(text):
        raise ValueError("a control character")


def check_line(text: str) -> None:
    """Raises ValueError where ``Line`` would be refused; for several at a time."""
    if not text.isprintable() and _NOT_IN_LINE.search(text):
        raise ValueError("a control character")
