"""A file that an older postdrop left is still a message."""

import msgspec

from postroom.mail.envelope import Recipient, Submitter
from postroom.reception.maildrop import Drop


def test_a_drop_from_before_there_were_traces_is_readable() -> None:
    drop = Drop("alice", (Recipient("bob"),), Submitter(1000, "alice"), 1.0, ret="FULL")
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(drop))
    older = msgspec.msgpack.encode(fields[: Drop.__struct_fields__.index("trace")])
    assert msgspec.msgpack.decode(older, type=Drop) == drop
