"""The socket of every delivery agent (smtp, lmtp, local, virtual, pipe, error, retry, discard).

Called by qmgr alone; an agent answers one ``Report`` with exactly one outcome per recipient it
does not pass on.
A recipient without an outcome counts as deferred. Small content travels in the frame, large
content as a read-only descriptor that accompanies the question; both in wire form.
"""

from typing import Annotated

from msgspec import Meta

from postroom.contracts.qmgr import MAX_CONTENT
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Address, Envelope, Line, Recipient, Value
from postroom.mail.queue_id import QueueId
from postroom.mail.status import Outcome


class Part(Value, frozen=True):
    """One address that a recipient was expanded to, and what became of it.

    ``outcome.recipient`` is the index of the recipient in the request. A list's ``owner`` hears
    of it in place of the message's sender.
    """

    recipient: Recipient
    outcome: Outcome
    owner: Address = ""


class Report(Value, frozen=True, tag="report"):
    """What became of each recipient. ``nexthop_failure`` is set when the destination as a
    whole could not be used (no connection, greeting refused), which the scheduler must know.
    ``parts`` tells of expanded recipients in detail: of what was not served, and of all where the
    envelope asks for a trace. ``passed`` (indexes) are not for this agent: the transport that
    main.cf names for such mail (best_mx_transport) gets them, and they have no outcome yet."""

    outcomes: tuple[Outcome, ...]
    nexthop_failure: Line = ""
    parts: tuple[Part, ...] = ()
    passed: tuple[Annotated[int, Meta(ge=0)], ...] = ()


class Deliver(Question[Report], frozen=True, tag="deliver"):
    """Deliver one message to the recipients in its envelope, all of the same nexthop.

    ``active_since`` is when the message became active, ``requested`` when this request was
    made (both seconds since 1970), for the log's ``delays=``. ``content`` is None when the
    message comes as a descriptor, of which the first ``offset`` bytes are not content.
    """

    queue_id: QueueId
    nexthop: Address
    envelope: Envelope
    size: Annotated[int, Meta(ge=0)]
    active_since: float
    requested: float
    content: Annotated[bytes, Meta(max_length=MAX_CONTENT)] | None = None
    offset: Annotated[int, Meta(ge=0)] = 0


# A delivery that was begun may have been heard by others, who take no word back.
CONTRACT = Contract("delivery", Deliver, in_flight=1024, finished=True)
