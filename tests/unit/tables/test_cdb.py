"""The constant database: what it must find, and what a damaged file must not do."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.tables import open_table
from postroom.tables.cdb_reader import CdbReader, CorruptFile
from postroom.tables.cdb_writer import CdbWriter

Records = list[tuple[bytes, bytes]]
records = st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=600)), max_size=40)


def write(path: Path, entries: Records) -> Path:
    with path.open("wb") as file:
        writer = CdbWriter(file)
        for key, value in entries:
            writer.add(key, value)
        writer.finish()
    return path


def read(path: Path) -> CdbReader:
    with path.open("rb") as file:
        return CdbReader(os.dup(file.fileno()))


@settings(max_examples=60)
@given(records)
def test_every_first_value_is_found_and_the_order_is_kept(
    tmp_path_factory: pytest.TempPathFactory, entries: Records
) -> None:
    reader = read(write(tmp_path_factory.mktemp("cdb") / "x.cdb", entries))
    first = dict(reversed(entries))
    assert all(reader.get(key) == value for key, value in first.items())
    assert list(reader.items()) == entries
    assert reader.get(b"a key longer than any other of them") is None


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_gives_an_error_or_an_answer_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    entries = [(b"key%d" % n, b"value" * n) for n in range(20)]
    path = write(tmp_path_factory.mktemp("cdb") / "x.cdb", entries)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        reader = read(path)
        for key, _ in entries:
            reader.get(key)
        list(reader.items())
    except CorruptFile:
        pass


def test_a_file_cut_short_while_in_use_is_an_error_not_a_crash(tmp_path: Path) -> None:
    path = write(tmp_path / "x.cdb", [(b"key", b"v" * 10_000)])
    reader = read(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(CorruptFile):
        reader.get(b"key")


def test_tinycdb_finds_what_we_write(tmp_path: Path) -> None:
    path = write(tmp_path / "x.cdb", [(b"user%d" % n, b"there%d" % n) for n in range(500)])
    assert subprocess.check_output(["cdb", "-q", path, "user77"]) == b"there77"
    assert b"number of records: 500" in subprocess.check_output(["cdb", "-s", path])
    assert subprocess.check_output(["cdb", "-d", path]).count(b"->") == 500


def test_we_find_what_tinycdb_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.cdb"
    lines = b"".join(b"user%d there%d\n" % (n, n) for n in range(500))
    subprocess.run(["cdb", "-c", "-m", path], input=lines, check=True)
    reader = read(path)
    assert reader.get(b"user123") == b"there123"
    assert len(list(reader.items())) == 500


def test_fifty_thousand_lookups_take_less_than_a_second(tmp_path: Path) -> None:
    write(tmp_path / "x.cdb", [(b"user%d@example.com" % n, b"there") for n in range(20_000)])
    table = open_table(f"cdb:{tmp_path / 'x'}")
    keys = [f"user{n}@example.com" for n in range(20_000)]
    best = min(_seconds(table.lookup, keys) for _ in range(3))
    assert best < len(keys) / 50_000


def _seconds(lookup: object, keys: list[str]) -> float:
    assert callable(lookup)
    start = time.process_time()
    for key in keys:
        assert lookup(key) == "there"
    return time.process_time() - start
