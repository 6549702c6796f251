"""The list of the queue shows of each file what delivery would find in it, and skips what it would
not take."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.envelope import Client, Envelope, Notify, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.file_work import append_record, load
from postroom.spool.queue_file import FIRST_READ, State, done_record, state_record, whole_file
from postroom.spool.reading import read_many

NUMBER = 0x6553F10000001
QUEUE_ID = format_queue_id(NUMBER)
CONTENT = b"Subject: x\r\n\r\n"

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
recipients = st.builds(Recipient, texts, texts, st.just((Notify.NEVER,)), texts)
envelopes = st.builds(
    Envelope,
    texts,
    st.lists(recipients, max_size=4).map(tuple),
    st.floats(0, 1e10),
    st.none() | st.builds(Client, texts),
    envid=texts,
    expanded=st.lists(recipients, max_size=1).map(tuple),
    filter=texts,
    verp=st.sampled_from(["", "+="]),
)
states = st.builds(
    State, envelopes, st.lists(texts, max_size=4).map(tuple), st.booleans(), st.booleans()
)


def shown(directory: Path) -> object:
    waiting = read_many(directory, [QUEUE_ID, format_queue_id(NUMBER + 1)])
    return {
        queue_id: (
            one.size,
            one.sender,
            list(zip(one.addresses, one.reasons, strict=True)),
            one.arrival,
            one.expire,
        )
        for queue_id, one in waiting.items()
    }


def expected(path: Path) -> object:
    contents = load(path, NUMBER, verify=True)
    state = contents.state
    envelope = state.envelope
    left = [(one.address, state.reason(i)) for i, one in enumerate(envelope.recipients)]
    return {QUEUE_ID: (contents.size, envelope.sender, left, envelope.arrival, state.expire)}


@given(state=states, later=st.none() | states, done=st.sets(st.integers(0, 3)))
def test_what_is_shown_is_what_would_be_delivered(
    tmp_path_factory: pytest.TempPathFactory, state: State, later: State | None, done: set[int]
) -> None:
    path = tmp_path_factory.mktemp("queue") / QUEUE_ID
    path.write_bytes(whole_file(NUMBER, CONTENT, state))
    contents = load(path, NUMBER, verify=True)
    if later is not None:
        append_record(path, contents.end, state_record(NUMBER, later), sync=False)
        contents = load(path, NUMBER, verify=True)
    record = done_record(NUMBER, contents.state_offset, tuple(done))
    append_record(path, contents.end, record, sync=False)
    assert shown(path.parent) == expected(path)


@pytest.mark.parametrize("size", [FIRST_READ - 200, FIRST_READ, 100_000])
def test_what_lies_behind_much_content_is_found(tmp_path: Path, size: int) -> None:
    state = State(Envelope("a@x.test", (Recipient("b@y.test"),), 1.0), ("busy",))
    path = tmp_path / QUEUE_ID
    path.write_bytes(whole_file(NUMBER, b"x" * size, state))
    assert shown(tmp_path) == expected(path)


ENVELOPE = Envelope("a@x.test", (Recipient("b@y.test"),), 1.0)
FIELDS = msgspec.msgpack.decode(msgspec.msgpack.encode(State(ENVELOPE, ("busy",))))


@pytest.mark.parametrize(
    "fields",
    [
        [["a\x1bb", *FIELDS[0][1:]], *FIELDS[1:]],
        [["a" * 2000, *FIELDS[0][1:]], *FIELDS[1:]],
        [["a", [["b\tc"]], 1.0], *FIELDS[1:]],
        [["a", [["b"]], -1.0], *FIELDS[1:]],
        [FIELDS[0], ["no\nline"], *FIELDS[2:]],
        [FIELDS[0], [1], *FIELDS[2:]],
        [],
    ],
)
def test_what_no_message_says_is_not_shown(tmp_path: Path, fields: object) -> None:
    """Whoever wrote it, the commands that show it get nothing that could harm a terminal."""
    path = tmp_path / QUEUE_ID
    path.write_bytes(whole_file(NUMBER, CONTENT, State(ENVELOPE)))
    contents = load(path, NUMBER, verify=True)
    os.truncate(path, contents.state_offset)
    forged = msgspec.Raw(msgspec.msgpack.encode(fields))
    append_record(path, contents.state_offset, state_record(NUMBER, forged), sync=False)  # type: ignore[arg-type]
    assert shown(tmp_path) == {}
