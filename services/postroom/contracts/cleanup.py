"""Socket ``cleanup``: a new message on its way into the queue.

Called by smtpd, pickup, bounce and local. cleanup believes nothing but the socket the call
came in on; the caller may believe that a ``Queued`` message survives a crash.

Content is in wire form: lines end in CRLF, a dot at the start of a line is doubled, the
final ``.`` line is not part of it, and there is no other CR or LF.
"""

from collections.abc import Collection
from typing import Annotated

from msgspec import Meta, structs

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Envelope, Lines, Value
from postroom.mail.queue_id import QueueId, QueueIdRange
from postroom.mail.status import StatusCode

# A message up to this size travels in one frame; a larger one in chunks of at most this size.
MAX_INLINE = 65_536
# A session of contract ``milter``.
Filters = Annotated[str, Meta(max_length=32, pattern=r"^[0-9a-f]*\Z")]
# Chunks of one message that a caller may have on their way, so that he need not stand still
# while cleanup works on one.
WINDOW = 4


class Queued(Value, frozen=True, tag="queued"):
    """The message is durable, and ours to deliver."""

    queue_id: QueueId


class Refused(Value, frozen=True, tag="refused"):
    """Nothing was stored. ``reply`` is the SMTP reply code, 4xx or 5xx; ``logged`` if cleanup has
    said all there is to say in the mail log."""

    reply: Annotated[int, Meta(ge=400, le=599)]
    code: StatusCode
    text: Lines
    logged: bool = False

    @property
    def line(self) -> str:
        """The text on one line."""
        return self.text.replace("\n", " ")


# Of a message whose envelope fits no frame.
TOO_MANY_RECIPIENTS = Refused(552, "5.5.3", "Error: too many recipients")


class Ready(Value, frozen=True, tag="ready"):
    """Go on."""


class Handling(Value, frozen=True):
    """What cleanup does to a message besides: the caller switches off what is not wanted."""

    # header_checks, body_checks and the like.
    checks: bool = True
    # Canonical and virtual alias tables, masquerading, copies (always_bcc and the like).
    mappings: bool = True
    milters: bool = True
    # Whether mail beyond ASCII needs SMTPUTF8, though nobody has said so (RFC 6531).
    detects_utf8: bool = False

    @classmethod
    def external(cls, options: Collection[str]) -> "Handling":
        """Of mail from clients and users (main.cf: receive_override_options)."""
        return cls(
            checks="no_header_body_checks" not in options,
            mappings="no_address_mappings" not in options,
            milters="no_milters" not in options,
        )

    @classmethod
    def internal(cls, origin: str, classes: Collection[str] = ()) -> "Handling":
        """Of our own mail (main.cf: internal_mail_filter_classes)."""
        inspected = origin in classes
        return cls(checks=inspected, milters=inspected)

    def detecting(self, origin: str, classes: Collection[str]) -> "Handling":
        """The same for mail of this origin (main.cf: smtputf8_autodetect_classes)."""
        return structs.replace(self, detects_utf8=not {origin, "all"}.isdisjoint(classes))


class LeaseIds(Question[QueueIdRange], frozen=True, tag="lease"):
    """Ask for queue ids to name the caller's next messages."""


class Submit(Question[Queued | Refused], frozen=True, tag="submit"):
    """A whole message of at most MAX_INLINE bytes; ``filters`` as in Begin."""

    queue_id: QueueId
    envelope: Envelope
    content: Annotated[bytes, Meta(max_length=MAX_INLINE)]
    handling: Handling = Handling()
    filters: Filters = ""


class Begin(Question[Ready | Refused], frozen=True, tag="begin"):
    """Start a message that is too large for one frame; several may be open on a connection.

    ``filters`` is the session with mail filters that the message was sent in, if there is one.
    """

    queue_id: QueueId
    envelope: Envelope
    handling: Handling = Handling()
    filters: Filters = ""


class Chunk(Question[Ready | Refused], frozen=True, tag="chunk"):
    """The next piece of a begun message; all that follow a refused one are refused like it."""

    queue_id: QueueId
    data: Annotated[bytes, Meta(max_length=MAX_INLINE)]


class End(Question[Queued | Refused], frozen=True, tag="end"):
    """The begun message is complete."""

    queue_id: QueueId


class Abandon(Question[Ready], frozen=True, tag="abandon"):
    """Forget a begun message, refused or not. A caller that disconnects abandons all of his."""

    queue_id: QueueId


CONTRACT = Contract("cleanup", LeaseIds, Submit, Begin, Chunk, End, Abandon)
