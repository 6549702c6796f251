"""An envelope written by an older version is still one."""

import msgspec
import pytest
from msgspec import structs

from postroom.mail.envelope import Client, Envelope, Recipient, Submitter, Upstream

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


def test_an_envelope_from_before_content_filters_told_of_clients_is_readable() -> None:
    upstream = Upstream("up.example", "up.example", helo="helo")
    whole = Envelope("a@x", (), 1.0, Client("x.example"), forwarded=upstream, forwarded_id="ID")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(whole), type=Envelope) == whole
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(whole))
    older = msgspec.msgpack.decode(msgspec.msgpack.encode(fields[:-2]), type=Envelope)
    assert older == structs.replace(whole, forwarded=None, forwarded_id="")


def test_mail_comes_from_its_client_unless_that_had_it_from_another() -> None:
    client = Client("a.example", "192.0.2.1", 25, "helo", "ESMTPSA")
    own = Upstream("a.example[192.0.2.1]", "a.example", "192.0.2.1", 25, "helo", "ESMTP")
    assert Envelope("", (), 0.0, client).upstream == own
    other = Upstream("b.example", "b.example")
    assert Envelope("", (), 0.0, client, forwarded=other).upstream == other
    assert Envelope("", (), 0.0).upstream is None


@pytest.mark.parametrize("field", ["shown", "name", "address", "helo", "protocol"])
def test_no_line_of_the_log_can_be_forged_from_where_a_message_came_from(field: str) -> None:
    told = {"shown": "x", field: "x\ny"}
    with pytest.raises(ValueError, match="control character"):
        Upstream(**told)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="control character"):
        Envelope("", (), 0.0, forwarded_id="x\ny")


def test_no_other_trace_is_understood() -> None:
    encoded = msgspec.msgpack.encode(
        ["a@x", [], 1.0, None, None, "7BIT", False, "", "", True, "on"]
    )
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(encoded, type=Envelope)
