"""What an older version left in the spool is delivered by this one."""

import struct
from collections.abc import Callable

import msgspec

from postroom.mail.envelope import Envelope, Recipient
from postroom.spool.message_record import content_of, decode_envelope
from postroom.spool.queue_file import State

ENVELOPE = Envelope("sender@example.org", (Recipient("user@example.com"),), 1000.0)
encode: Callable[[object], bytes] = msgspec.msgpack.encode


def without_last_field(value: object) -> list[object]:
    fields: list[object] = msgspec.msgpack.decode(encode(value))
    return fields[:-1]


def test_a_journal_s_message_from_before_there_were_traces() -> None:
    envelope = encode(without_last_field(ENVELOPE))
    payload = struct.pack("<I", len(envelope)) + envelope + b"content"
    assert decode_envelope(payload) == ENVELOPE
    assert content_of(payload) == b"content"


def test_a_deferred_message_s_state_from_before_there_were_traces() -> None:
    state = [without_last_field(ENVELOPE), ["why"], True, False]
    expected = State(ENVELOPE, ("why",), warned=True)
    assert msgspec.msgpack.decode(encode(state), type=State) == expected
