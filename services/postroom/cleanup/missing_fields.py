"""Header fields a message should have, made where one whose header is rewritten lacks them
(RFC 5322 section 3.6)."""

from collections.abc import Set as AbstractSet

from postroom.cleanup.settings import Settings
from postroom.mail.address import quote_address
from postroom.mail.date import compact_local, format_date
from postroom.mail.encoded_word import encoded_words
from postroom.mail.envelope import Envelope
from postroom.mail.header import encode
from postroom.mail.queue_id import QueueId

_RESENT = b"resent-"
_DESTINATIONS = frozenset({b"to", b"cc", b"bcc", b"resent-to", b"resent-cc", b"resent-bcc"})
# RFC 5322 section 3.2.3: other characters in a display name need quotes.
_SPECIALS = frozenset('()<>[]:;@\\,."')


def is_resent(names: AbstractSet[bytes]) -> bool:
    """Whether the message was sent on: then the Resent- fields are the ones to complete."""
    return any(name.startswith(_RESENT) for name in names)


class MissingFields:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Of strangers' messages, too (main.cf: local_header_rewrite_clients says who is none).
        self._always = settings.always_add_missing_headers or bool(
            settings.remote_header_rewrite_domain
        )

    def make(self, envelope: Envelope, queue_id: QueueId, names: AbstractSet[bytes]) -> bytes:
        """The fields to append to a header that has ``names`` (lower case); often none."""
        if not (envelope.rewrite_locally or self._always) or envelope.is_probe:
            return b""
        prefix = "Resent-" if is_resent(names) else ""
        lower = prefix.lower().encode()
        fields = []
        if lower + b"message-id" not in names:
            fields.append(f"{prefix}Message-Id: {self.message_id(envelope, queue_id)}")
        if lower + b"date" not in names:
            fields.append(f"{prefix}Date: {format_date(envelope.arrival)}")
        if lower + b"from" not in names:
            fields.append(f"{prefix}From: {self._author(envelope)}")
        undisclosed = self._settings.undisclosed_recipients_header
        if undisclosed and names.isdisjoint(_DESTINATIONS):
            fields.append(undisclosed)
        return encode("".join(f"{field}\r\n" for field in fields))

    def message_id(self, envelope: Envelope, queue_id: QueueId) -> str:
        when = compact_local(int(envelope.arrival))
        return f"<{when}.{queue_id}@{self._settings.myhostname}>"

    def _author(self, envelope: Envelope) -> str:
        """In the style that main.cf's header_from_format names."""
        sender = envelope.sender or "MAILER-DAEMON"
        address = quote_address(sender)
        name = envelope.submitter.full_name.strip() if envelope.submitter else ""
        if not name:
            return address
        charset = self._settings.full_name_encoding_charset
        is_encoded = bool(charset) and not name.isascii()
        if is_encoded:
            name = encoded_words(name, charset)
        if self._settings.header_from_format == "obsolete":
            return f"{address} ({name if is_encoded else name.translate(_IN_COMMENT)})"
        return f"{name if is_encoded else _phrase(name)} <{address}>"


_IN_COMMENT = str.maketrans({character: f"\\{character}" for character in "()\\"})


def _phrase(name: str) -> str:
    if _SPECIALS.isdisjoint(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
