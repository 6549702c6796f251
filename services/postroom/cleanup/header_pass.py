"""The one pass over a message's header: what is removed, put in form, added and refused."""

from typing import Final, NamedTuple

from postroom.cleanup.content_checks import Checking
from postroom.cleanup.header_addresses import HeaderAddresses
from postroom.cleanup.missing_fields import MissingFields
from postroom.cleanup.refusal import NO_EMPTY_LINE, TOO_MANY_HOPS, Refusal
from postroom.cleanup.settings import Settings
from postroom.contracts.cleanup import Handling
from postroom.mail.envelope import Envelope
from postroom.mail.header import Field, Header, decode, scan, shortened, ungapped
from postroom.mail.queue_id import QueueId
from postroom.mail.received import Site, received
from postroom.maillog.cleanup import CleanupLog, Origin

# A header is held in memory until it is complete, so it must have an end. Real ones, with all
# their signatures, stay far below a tenth of this.
MAX_HEADER: Final = 512 * 1024
# Of a logged Message-ID; RFC 5322 section 2.1.1 allows a line of 998.
MAX_LOGGED: Final = 1000
_ENCODING: Final = b"content-transfer-encoding"
# RFC 2045 section 6.2: the others leave or make 7 bits.
_EIGHT_BIT: Final = frozenset((b"8bit", b"binary"))
# In Postfix's words.
_UNENDED: Final = b"MIME-Error: message header was not terminated by empty line\r\n"


class Edited(NamedTuple):
    """The new header, to be followed by the old content from ``rest`` on.

    ``eight_bit``: the header says that the content is not ASCII alone. ``utf8``: header or envelope
    are not, so that not every host can take the message (RFC 6531).
    """

    text: bytes
    rest: int
    eight_bit: bool
    utf8: bool = False


class Letter(NamedTuple):
    """What is known of a message besides its content: the envelope as the caller gave it
    (Received tells that), and the completed one."""

    queue_id: QueueId
    arrived: Envelope
    envelope: Envelope
    handling: Handling


class HeaderPass:
    def __init__(self, settings: Settings, addresses: HeaderAddresses, log: CleanupLog) -> None:
        self._addresses = addresses
        self._log = log
        self._missing = MissingFields(settings)
        self._site = Site(
            settings.myhostname, settings.mail_name, settings.smtpd_sasl_authenticated_header
        )
        self._dropped = frozenset(
            name.lower().rstrip(":").encode() for name in settings.message_drop_headers
        )
        self._detects_8bit = (
            settings.detect_8bit_encoding_header and not settings.disable_mime_input_processing
        )
        self._knows_utf8 = settings.smtputf8_enable
        self._when_unended = settings.non_empty_end_of_header_action
        self._field_limit = settings.header_size_limit
        self._hop_limit = settings.hopcount_limit

    async def edit(self, letter: Letter, content: bytes, checking: Checking | None) -> Edited:
        """The header for ``content``, which holds at least the whole old one. Raises Refusal."""
        queue_id, arrived, envelope, handling = letter
        arrived_as, header = content, scan(content)
        first, rest = received(arrived, queue_id, self._site), header.end
        separator, unended = b"", b""
        if not _is_separated(content, rest):
            separator, unended = b"\r\n", self._unended(letter, content, rest)
        content, header = ungapped(content, header)
        if rest > self._field_limit:
            content, header = shortened(content, header, self._field_limit)
        if checking is not None:
            # Tables see our own field as well, and what they leave is the header from here on.
            separator = b"\r\n" if rest < len(arrived_as) else b""
            rest += len(b"\r\n") if arrived_as.startswith(b"\r\n", rest) else 0
            content, header = await checking.header(first + content[: header.end])
            first = b""
        names = {field.name for field in header.fields}
        self._check_hops(header, ours=bool(first))
        new = await self._addresses.rewritten(
            queue_id, envelope, content, header, mappings=handling.mappings
        )
        added = self._missing.make(envelope, queue_id, names) + unended
        self._log_message_id(queue_id, names, (content, header), added)
        kept = self._kept(content, header, names, new)
        eight_bit = self._detects_8bit and _ENCODING in names and _is_eight_bit(content, header)
        text = b"".join((first, kept, added, separator))
        utf8 = self._knows_utf8 and handling.detects_utf8 and not _is_ascii(envelope, text)
        return Edited(text, rest, eight_bit, utf8)

    def _unended(self, letter: Letter, content: bytes, end: int) -> bytes:
        """What a header gets whose end is no empty line (main.cf: non_empty_end_of_header_action);
        raises Refusal."""
        if self._when_unended == "reject" and letter.handling.checks:
            envelope = letter.envelope
            origin = Origin(envelope.sender, envelope.recipients[-1].address, envelope.upstream)
            line = content[end:].partition(b"\r\n")[0]
            self._log.flawed(letter.queue_id, origin, NO_EMPTY_LINE.text, line)
            raise Refusal(NO_EMPTY_LINE, logged=True)
        return _UNENDED if self._when_unended == "add_header" else b""

    def _kept(
        self, content: bytes, header: Header, names: set[bytes], new: dict[Field, bytes]
    ) -> bytes:
        """The old header without what is dropped, with what was put in form."""
        if not new and self._dropped.isdisjoint(names):
            return content[: header.end]
        pieces: list[bytes] = []
        kept = 0
        for field in header.fields:
            changed = self._changed(field, new, content)
            if changed is not None:
                pieces += (content[kept : field.start], changed)
                kept = field.end
        pieces.append(content[kept : header.end])
        return b"".join(pieces)

    def _changed(self, field: Field, new: dict[Field, bytes], content: bytes) -> bytes | None:
        """What stands in a field's place: nothing, something else, or (None) the field itself."""
        if field.name in self._dropped:
            return b""
        if field in new:
            return content[field.start : field.value] + new[field].rstrip(b"\r\n") + b"\r\n"
        return None

    def _check_hops(self, header: Header, *, ours: bool) -> None:
        """RFC 5321 section 6.3; the hop we add counts as well."""
        hops = ours + sum(1 for field in header.fields if field.name == b"received")
        if hops >= self._hop_limit:
            raise Refusal(TOO_MANY_HOPS)

    def _log_message_id(
        self, queue_id: QueueId, names: set[bytes], old: tuple[bytes, Header], added: bytes
    ) -> None:
        """The message's names, from the old header or from what was added to it."""
        for name, is_resent in ((b"message-id", False), (b"resent-message-id", True)):
            content, header = old
            if name not in names and added:
                content, header = added, scan(added)
            field = header.first(name)
            if field is not None:
                value = decode(field.text(content)[:MAX_LOGGED])
                self._log.message_id(queue_id, value, is_resent)
            elif not is_resent:
                self._log.message_id(queue_id, "<>")


def _is_ascii(envelope: Envelope, header: bytes) -> bool:
    addresses = (envelope.sender, *(recipient.address for recipient in envelope.recipients))
    return header.isascii() and all(map(str.isascii, addresses))


def _is_eight_bit(content: bytes, header: Header) -> bool:
    return any(field.text(content).lower() in _EIGHT_BIT for field in header.all(_ENCODING))


def _is_separated(content: bytes, end: int) -> bool:
    """Whether an empty line follows; a line that is no header field begins the body without."""
    return end == len(content) or content.startswith(b"\r\n", end)
