"""What is in the maildrop is whole, and what an older postdrop left is still a message."""

import os
from pathlib import Path

import msgspec
import pytest

from postroom.mail.envelope import Recipient, Submitter
from postroom.spool import maildrop
from postroom.spool.maildrop import Drop, DropWriter, TooManyRecipients, open_drop, waiting

DROP = Drop("alice", (Recipient("bob"),), Submitter(1000, "alice"), 1.0)


def test_a_drop_from_before_there_were_traces_is_readable() -> None:
    drop = Drop("alice", (Recipient("bob"),), Submitter(1000, "alice"), 1.0, ret="FULL")
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(drop))
    older = msgspec.msgpack.encode(fields[: Drop.__struct_fields__.index("trace")])
    assert msgspec.msgpack.decode(older, type=Drop) == drop


def test_a_disk_that_takes_writes_in_parts_gets_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(maildrop.os, "write", lambda fd, data: write(fd, data[:7]))
    writer = DropWriter(tmp_path)
    writer.write(b"Subject: x\n\n")
    writer.commit(DROP)
    writer.close()
    (name,) = waiting(tmp_path)
    file = open_drop(tmp_path, name)
    os.close(file.descriptor)
    assert (file.drop, file.size) == (DROP, 12)


def test_an_envelope_that_pickup_would_not_read_is_not_taken(tmp_path: Path) -> None:
    many = msgspec.structs.replace(DROP, recipients=(Recipient("bob" * 300),) * 10_000)
    writer = DropWriter(tmp_path)
    with pytest.raises(TooManyRecipients):
        writer.commit(many)
    writer.close()
    assert waiting(tmp_path) == []
