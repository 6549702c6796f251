"""An envelope written by an older version is still one."""

import msgspec
import pytest

from postroom.mail.envelope import Envelope, Recipient, Submitter

FIELDS = len(Envelope.__struct_fields__)


def test_an_envelope_from_before_there_were_traces_is_readable() -> None:
    whole = Envelope("a@x", (Recipient("b@y"),), 1.0, None, Submitter(1, "a"), ret="HDRS")
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(whole))
    assert len(fields) == FIELDS
    older = msgspec.msgpack.encode(fields[:-1])
    assert msgspec.msgpack.decode(older, type=Envelope) == whole


@pytest.mark.parametrize("trace", ["", "verify", "verbose"])
def test_a_trace_survives_and_only_verify_makes_a_probe(trace: str) -> None:
    encoded = msgspec.msgpack.encode(
        ["a@x", [], 1.0, None, None, "7BIT", False, "", "", True, trace]
    )
    envelope = msgspec.msgpack.decode(encoded, type=Envelope)
    assert envelope.trace == trace
    assert envelope.is_probe is (trace == "verify")


def test_no_other_trace_is_understood() -> None:
    encoded = msgspec.msgpack.encode(
        ["a@x", [], 1.0, None, None, "7BIT", False, "", "", True, "on"]
    )
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(encoded, type=Envelope)
