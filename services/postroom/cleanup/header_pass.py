"""The one pass over a message's header: what is removed, put in form, added and refused."""

from typing import Final, NamedTuple

from postroom.cleanup.header_addresses import HeaderAddresses
from postroom.cleanup.missing_fields import MissingFields
from postroom.cleanup.refusal import TOO_MANY_HOPS, Refusal
from postroom.cleanup.settings import Settings
from postroom.mail.envelope import Envelope
from postroom.mail.header import Field, Header, decode, scan
from postroom.mail.queue_id import QueueId
from postroom.mail.received import Site, received
from postroom.maillog.cleanup import CleanupLog

# A header is held in memory until it is complete, so it must have an end. Real ones, with all
# their signatures, stay far below a tenth of this.
MAX_HEADER: Final = 512 * 1024
# Of a logged Message-ID; RFC 5322 section 2.1.1 allows a line of 998.
MAX_LOGGED: Final = 1000


class Edited(NamedTuple):
    """The new header, to be followed by the old content from ``rest`` on."""

    text: bytes
    rest: int


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
        self._field_limit = settings.header_size_limit
        self._hop_limit = settings.hopcount_limit

    async def edit(
        self, queue_id: QueueId, arrived: Envelope, envelope: Envelope, content: bytes
    ) -> Edited:
        """The header for ``content``, which holds at least the whole old one.

        ``arrived`` is the envelope as the caller gave it (Received tells that), ``envelope``
        the completed one. Raises Refusal.
        """
        header = scan(content)
        names = {field.name for field in header.fields}
        self._check_hops(header)
        new = await self._addresses.rewritten(envelope, content, header)
        added = self._missing.make(envelope, queue_id, names)
        self._log_message_id(queue_id, content, header, envelope, added)
        pieces = [received(arrived, queue_id, self._site)]
        kept = 0
        for field in header.fields:
            changed = self._changed(field, new, content)
            if changed is not None:
                pieces += (content[kept : field.start], changed)
                kept = field.end
        pieces.append(content[kept : header.end])
        pieces.append(added)
        if not _is_separated(content, header.end):
            pieces.append(b"\r\n")
        return Edited(b"".join(pieces), header.end)

    def _changed(self, field: Field, new: dict[Field, bytes], content: bytes) -> bytes | None:
        """What stands in a field's place: nothing, something else, or (None) the field itself."""
        if field.name in self._dropped:
            return b""
        if field in new:
            body = new[field]
        elif field.end - field.value > self._field_limit:
            body = content[field.value : field.end - 2][: self._field_limit]
        else:
            return None
        return content[field.start : field.value] + body.rstrip(b"\r\n") + b"\r\n"

    def _check_hops(self, header: Header) -> None:
        """RFC 5321 section 6.3; the hop we add counts as well."""
        hops = 1 + sum(1 for field in header.fields if field.name == b"received")
        if hops >= self._hop_limit:
            raise Refusal(TOO_MANY_HOPS)

    def _log_message_id(
        self, queue_id: QueueId, content: bytes, header: Header, envelope: Envelope, added: bytes
    ) -> None:
        own = self._missing.message_id(envelope, queue_id) if added else ""
        field = header.first(b"message-id")
        if field is not None:
            self._log.message_id(queue_id, decode(field.text(content)[:MAX_LOGGED]))
        elif added.startswith(b"Message-Id:"):
            self._log.message_id(queue_id, own)
        else:
            self._log.message_id(queue_id, "<>")
        resent = header.first(b"resent-message-id")
        if resent is not None:
            self._log.message_id(queue_id, decode(resent.text(content)[:MAX_LOGGED]), True)
        elif added.startswith(b"Resent-Message-Id:"):
            self._log.message_id(queue_id, own, True)


def _is_separated(content: bytes, end: int) -> bool:
    """Whether an empty line follows; a line that is no header field begins the body without."""
    return end == len(content) or content.startswith(b"\r\n", end)
