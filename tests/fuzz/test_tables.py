"""Whatever servers say and files hold, a lookup ends in a value, in none, or in TableError."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom.config.logical_lines import logical_lines
from postroom.tables import TableError
from postroom.tables.alias_entries import alias_entries
from postroom.tables.cdb_index import FORMAT
from postroom.tables.index_format import CorruptFile
from postroom.tables.key_value import Entry, Flaw, entries, of_lines
from postroom.tables.opening import open_directly
from postroom.tables.servers import socketmap, tcp
from postroom.tables.servers.conversation import Garbled
from postroom.tables.table import Table

LINES = st.text(
    alphabet=st.sampled_from("ab/!@.,:$(){}[]\\\"' \t\n#%1*+?|^ifendßü\0\x7f"), max_size=200
)
REPLIES = st.one_of(
    st.binary(max_size=60),
    st.tuples(st.integers(0, 30), st.binary(max_size=30)).map(lambda t: b"%d:%s," % t),
    st.tuples(st.sampled_from([b"200 ", b"400 ", b"500 "]), st.binary(max_size=30)).map(
        lambda t: b"".join(t) + b"\n"
    ),
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Every second rule is worth a warning here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _look(table: Table, key: str) -> None:
    with suppress(TableError):
        assert isinstance(table.lookup(key), str | None)


def _say(end: socket.socket, pieces: list[bytes]) -> None:
    with end, suppress(BrokenPipeError):  # who has read enough hangs up
        for piece in pieces:
            end.sendall(piece)


@given(reply=REPLIES, cut=st.integers(1, 20))
@settings(max_examples=150)
@pytest.mark.parametrize("answer", [socketmap._answer, tcp._answer])
def test_any_reply_in_any_pieces_is_an_answer_or_garbled(
    answer: object, reply: bytes, cut: int
) -> None:
    ours, theirs = socket.socketpair()
    pieces = [reply[start : start + cut] for start in range(0, len(reply), cut)]
    speaker = threading.Thread(target=_say, args=(theirs, pieces))
    speaker.start()
    with ours, suppress(Garbled, ConnectionError):
        ours.settimeout(5)
        assert isinstance(answer(ours, b"q"), str | bytes)  # type: ignore[operator]
    speaker.join()


@given(text=LINES, key=st.text(max_size=20))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", ["regexp", "pcre", "cidr", "texthash"])
def test_any_text_is_a_table_of_rules_or_entries(
    kind: str, text: str, key: str, tmp_path: Path
) -> None:
    (tmp_path / "t").write_text(text, newline="")
    table = open_directly(f"{kind}:{tmp_path}/t")
    _look(table, key)
    _look(table, "a@b")


@given(name=LINES.map(lambda text: text.replace("\n", "")), key=st.text(max_size=20))
@settings(max_examples=150)
@pytest.mark.parametrize("kind", ["inline", "unionmap", "pipemap", "randmap", "static", "regexp"])
def test_any_name_is_a_table_or_told_to_be_none(kind: str, name: str, key: str) -> None:
    with suppress(TableError):
        _look(open_directly(f"{kind}:{{{name}}}"), key)


@given(text=LINES)
@settings(max_examples=150)
def test_any_source_is_entries_and_flaws(text: str) -> None:
    for parser in (entries, alias_entries):
        for one in parser(text):
            assert isinstance(one, Entry | Flaw)
            assert not (isinstance(one, Entry) and ("\0" in one.key or not one.value))


@given(text=LINES | st.text(alphabet='ab"#: \t\r\n\0é', max_size=60))
@settings(max_examples=1000)
def test_entries_found_at_once_are_those_found_line_by_line(text: str) -> None:
    assert [*entries(text)] == [*of_lines(logical_lines(text))]


@given(damage=st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 255)), max_size=12))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_cdb_file_gives_answers_or_is_told_to_be_corrupt(
    damage: list[tuple[int, int]], tmp_path: Path
) -> None:
    file = tmp_path / "t.cdb"
    with file.open("w+b") as draft:
        FORMAT.write(draft.fileno(), {b"k%d" % n: b"v" for n in range(60)})
    data = bytearray(file.read_bytes())
    for place, value in damage:
        data[place % len(data)] = value
    file.write_bytes(data)
    table = open_directly(f"cdb:{tmp_path}/t")
    for n in range(0, 60, 7):
        _look(table, f"k{n}")
    with suppress(CorruptFile, OSError):
        for _ in zip(FORMAT.open(os.open(file, os.O_RDONLY)).items(), range(1000), strict=False):
            pass
