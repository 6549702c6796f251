"""The payload of a journal's MESSAGE: length of the envelope (4 bytes), envelope, content."""

import struct

import msgspec

from postroom.mail.envelope import Envelope
from postroom.spool.record import Corrupt

_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Envelope)


def encode_message(envelope: Envelope, content: bytes) -> tuple[bytes, bytes]:
    """One message as it goes into the journal, in two pieces: the content is not copied."""
    encoded = _encoder.encode(envelope)
    return _LENGTH.pack(len(encoded)) + encoded, content


def decode_envelope(payload: bytes) -> Envelope:
    """Who it is from and for; raises Corrupt."""
    try:
        return _decoder.decode(payload[_LENGTH.size : _content_start(payload)])
    except (msgspec.MsgspecError, ValueError) as error:
        raise Corrupt(f"bad envelope: {error}") from None


def content_of(payload: bytes) -> bytes:
    """The content alone; raises Corrupt."""
    return payload[_content_start(payload) :]


def _content_start(payload: bytes) -> int:
    if len(payload) < _LENGTH.size:
        raise Corrupt("too short")
    (length,) = _LENGTH.unpack_from(payload)
    return int(_LENGTH.size + length)
