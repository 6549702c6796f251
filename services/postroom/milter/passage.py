"""One message on its way through the filters, and what they change of it."""

from collections.abc import Awaitable, Callable, Iterable

from msgspec import structs

from postroom.contracts.milter import MAX_BODY, MAX_HEADER, Filtered, Hit, Rejected
from postroom.milter.body import Body, NewBody, in_pieces
from postroom.milter.conversation import Conversation
from postroom.milter.fields import Fields, split_field
from postroom.milter.header_checks import Checking
from postroom.milter.macros import Macros
from postroom.milter.protocol import packets
from postroom.milter.protocol.answers import (
    AddHeader,
    AddRecipient,
    Change,
    ChangeHeader,
    ChangeSender,
    DeleteRecipient,
    Quarantine,
    ReplaceBody,
    Verdict,
    Word,
)
from postroom.milter.protocol.numbers import BODY_PIECE, Action, Event

# What each change has to be allowed by; what a filter did not ask for, it may not do.
_ALLOWED_BY: dict[type[Change], Action] = {
    AddHeader: Action.ADD_HEADERS,
    ChangeHeader: Action.CHANGE_HEADERS,
    AddRecipient: Action.ADD_RECIPIENTS | Action.ADD_RECIPIENTS_WITH_PARAMETERS,
    DeleteRecipient: Action.DELETE_RECIPIENTS,
    ChangeSender: Action.CHANGE_SENDER,
    Quarantine: Action.QUARANTINE,
    ReplaceBody: Action.CHANGE_BODY,
}
# What a filter is told once the content was changed beyond what a frame holds.
_HEADER_TOO_LARGE = Rejected(552, "5.3.4", "Message header size exceeds fixed limit")


class Passage:
    """``decided``: tables have judged the message by a field that a filter wrote."""

    def __init__(self, header: bytes, body: Body, checking: Checking) -> None:
        self._fields = Fields(header)
        self._checking = checking
        self._body = body
        self._body_is_new = False
        self._new_body: NewBody | None = None
        self._sender: str | None = None
        self._added: list[str] = []
        self._deleted: list[str] = []
        self._hold = ""

    async def through(self, filter_: Conversation, macros: Macros) -> Verdict:
        """Show the message to one filter, and do what it says."""
        for event, packet in self._events(filter_):
            verdict = await filter_.tell(event, packet, macros, filter_.content_seconds)
            if verdict is not Word.CONTINUE:
                return verdict
        verdict = await filter_.finish(macros, self._change_of(filter_))
        if self._new_body is not None:
            self._take(self._new_body)
            self._new_body = None
        if filter_.quarantines:
            self._hold = self._hold or "milter was not available"
        return verdict

    def _events(self, filter_: Conversation) -> Iterable[tuple[Event, bytes]]:
        if filter_.wants(Event.HEADER):
            for name, value in self._fields:
                yield Event.HEADER, packets.header(name, _shown(value, filter_.leading_space))
        yield Event.END_OF_HEADER, packets.packet(Event.END_OF_HEADER)
        if filter_.wants(Event.BODY):
            for piece in in_pieces(self._body.pieces(), BODY_PIECE):
                yield Event.BODY, packets.packet(Event.BODY, piece)

    @property
    def decided(self) -> bool:
        """Raises TableError where a table cannot be read."""
        if self._checking.failure is not None:
            raise self._checking.failure
        return self._checking.decided

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What tables have said of fields that filters wrote."""
        return tuple(self._checking.hits)

    def _change_of(self, filter_: Conversation) -> Callable[[Change], Awaitable[None]]:
        async def change(what: Change) -> None:
            if filter_.actions & _ALLOWED_BY[type(what)] and not self._checking.decided:
                await self._change(what, filter_)

        return change

    async def _change(self, what: Change, filter_: Conversation) -> None:
        match what:
            case AddHeader() | ChangeHeader():
                await self._change_header(what, filter_)
            case AddRecipient(address):
                self._added.append(address)
            case DeleteRecipient(address):
                self._deleted.append(address)
            case ChangeSender(address):
                self._sender = address
            case Quarantine(reason):
                self._hold = reason or "quarantine"
            case ReplaceBody(data):
                self._new_body = self._new_body or NewBody()
                self._new_body.add(data)

    async def _change_header(self, what: AddHeader | ChangeHeader, filter_: Conversation) -> None:
        field = self._fields.wanted(what, leading_space=filter_.leading_space)
        if field is not None:
            edit = await self._checking.look(*field)
            if not edit.keep and edit.new is None:
                return
            field = field if edit.keep or edit.new is None else split_field(edit.new)
        self._fields.apply(what, field)

    def _take(self, new: NewBody) -> None:
        self._body.close()
        self._body = new.finished(MAX_BODY)
        self._body_is_new = True

    def result(self) -> tuple[Filtered | Rejected, tuple[int, ...]]:
        """What became of the message; a new body that fits no frame is a descriptor."""
        header = self._fields.wire if self._fields.changed else None
        above = self._fields.above
        if header is not None and len(above) + len(header) > MAX_HEADER:
            return structs.replace(_HEADER_TOO_LARGE, hits=self.hits), ()
        body, descriptors = self._body.handed_over() if self._body_is_new else (None, ())
        added, deleted = tuple(self._added), tuple(self._deleted)
        envelope = self._sender, added, deleted, self._hold
        return Filtered(header, body, *envelope, self.hits, above), descriptors

    def close(self) -> None:
        self._body.close()


def _shown(value: bytes, leading_space: bool) -> bytes:
    """A field's value as filters expect it: lines end with LF."""
    text = value.replace(b"\r\n", b"\n")
    return text if leading_space else text.lstrip(b" \t")
