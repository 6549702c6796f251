"""Socket ``milter``: what mail filters (main.cf: smtpd_milters, non_smtpd_milters) have to say.

Called by smtpd while a client speaks, and by cleanup with the content. milter believes that
the caller is one of them, and nothing else: a session can be named by whoever was given its key,
and the filters are those of the configuration. Header and body are as a client would send them
inside DATA, without dots doubled in the header, in wire form (contract ``cleanup``) in the body.
"""

from typing import Annotated, Literal

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Address, Client, Envelope, Line, Lines, Value
from postroom.mail.queue_id import QueueId
from postroom.mail.status import StatusCode

# A body up to this size travels in the frame; a larger one as a descriptor with it.
MAX_BODY = 65_536
# What cleanup holds of a header, and what filters may make of it.
MAX_HEADER = 1024 * 1024
Key = Annotated[str, Meta(min_length=32, max_length=32, pattern=r"^[0-9a-f]*\Z")]
# ``smtpd/submission``, ``cleanup/cleanup``.
ServiceName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Parameters = tuple[Address, ...]
# ``refused``: recipients that no filter has to refuse any more.
Stage = Literal["helo", "mail", "rcpt", "refused", "data", "unknown"]
Body = Annotated[bytes, Meta(max_length=MAX_BODY)]


class Hit(Value, frozen=True):
    """What a table has to say (``value``) of a field that a filter wrote (header_checks(5))."""

    text: Annotated[str, Meta(max_length=4096)]
    value: Annotated[str, Meta(max_length=4096)]


class Proceed(Value, frozen=True, tag="proceed"):
    """No filter minds."""


class Discarded(Value, frozen=True, tag="discarded"):
    """The message is to be accepted, and thrown away."""

    hits: tuple[Hit, ...] = ()


class Rejected(Value, frozen=True, tag="rejected"):
    """The client gets this reply; 421 ends its session."""

    reply: Annotated[int, Meta(ge=400, le=599)]
    code: StatusCode
    text: Lines
    hits: tuple[Hit, ...] = ()


Verdict = Proceed | Discarded | Rejected


class Way(Value, frozen=True):
    """Where mail for an address goes: a transport of master.cf, its nexthop, and the address in
    its final form. Of a refused recipient ``error``, status code and text."""

    mailer: Line
    host: Line
    address: Line


class Opened(Value, frozen=True, tag="opened"):
    """A session has begun; its filters want to hear of these stages, and of content."""

    session: Key
    wanted: tuple[Stage, ...]


class Filtered(Value, frozen=True, tag="filtered"):
    """What the filters made of a message. None stands for what they left alone.

    A ``body`` that is too large for a frame comes as a descriptor: a file in wire form, to be
    read from its start. ``hold`` is why the message has to wait in the hold queue, or empty.
    ``above`` are fields that belong above our own Received. ``hits`` have happened on the way:
    here, in a rejection and in a discard. Nothing else counts where one of them decides.
    """

    header: Annotated[bytes, Meta(max_length=MAX_HEADER)] | None = None
    body: Body | None = None
    sender: Address | None = None
    added: tuple[Address, ...] = ()
    deleted: tuple[Address, ...] = ()
    hold: Line = ""
    hits: tuple[Hit, ...] = ()
    above: Annotated[bytes, Meta(max_length=MAX_HEADER)] = b""


class Open(Question[Opened | Rejected], frozen=True, tag="open"):
    """A client has come; the session is closed with the connection of the question.

    ``filters``, as main.cf names them, take the place of those of the service (smtpd_milter_maps).
    """

    service: ServiceName
    client: Client
    reverse_name: Line
    # As {client_resolve} tells it: OK, FAIL, FORGED, TEMP.
    resolved: Line
    local_address: Line
    filters: Line = ""


class Hello(Question[Verdict], frozen=True, tag="hello"):
    """HELO or EHLO; ``client`` has the name."""

    session: Key
    client: Client


class MailFrom(Question[Verdict], frozen=True, tag="mail"):
    """``way`` is that of an answer to the sender; None where it is not known."""

    session: Key
    client: Client
    sender: Address
    parameters: Parameters
    way: Way | None = None


class RcptTo(Question[Verdict], frozen=True, tag="rcpt"):
    """``queue_id`` is None before the first recipient is accepted. Of one that is ``refused``
    anyway, nobody minds the verdict."""

    session: Key
    queue_id: QueueId | None
    recipient: Address
    parameters: Parameters
    way: Way | None = None
    refused: bool = False


class DataBegins(Question[Verdict], frozen=True, tag="data"):
    session: Key


class UnknownCommand(Question[Verdict], frozen=True, tag="unknown"):
    session: Key
    line: Line


class Abort(Question[Proceed], frozen=True, tag="abort"):
    """The message will not come, or is over."""

    session: Key


class Close(Question[Proceed], frozen=True, tag="close"):
    """The client has gone."""

    session: Key


class Content(Question[Filtered | Discarded | Rejected], frozen=True, tag="content"):
    """The message of a session; a ``body`` of None comes as a descriptor, from ``start`` on.

    ``checks`` are the tables that are asked about fields which filters write.
    """

    session: Key
    queue_id: QueueId
    header: Annotated[bytes, Meta(max_length=MAX_HEADER)]
    body: Body | None
    start: int = 0
    checks: tuple[Line, ...] = ()


class LocalMessage(Question[Filtered | Discarded | Rejected], frozen=True, tag="local"):
    """A message that no client of smtpd sent: filters are told of one on this machine."""

    service: ServiceName
    queue_id: QueueId
    envelope: Envelope
    header: Annotated[bytes, Meta(max_length=MAX_HEADER)]
    body: Body | None
    start: int = 0
    checks: tuple[Line, ...] = ()


CONTRACT = Contract(
    "milter",
    Open,
    Hello,
    MailFrom,
    RcptTo,
    DataBegins,
    UnknownCommand,
    Abort,
    Close,
    Content,
    LocalMessage,
)
