"""lmdb: tables: one file as Postfix makes it, seen anew when it changes in place or is replaced."""

from pathlib import Path

import lmdb
import pytest

from postroom.tables import TableError
from postroom.tables.index_draft import Attributes, draft
from postroom.tables.index_format import TooLarge, index_format
from postroom.tables.opening import open_directly

FORM = index_format("lmdb")


def make(directory: Path, **entries: str) -> None:
    with draft(directory / "t.lmdb", FORM) as index:
        for key, value in entries.items():
            index.put(key, value, replace=False)
        index.publish(Attributes(0o644))


def change_in_place(directory: Path, key: str, value: str) -> None:
    """As Postfix's postmap -i does."""
    put(directory, key.encode() + b"\0", value.encode() + b"\0")


def put(directory: Path, key: bytes, value: bytes) -> None:
    file = lmdb.open(str(directory / "t.lmdb"), subdir=False, lock=False)
    with file, file.begin(write=True) as transaction:
        transaction.put(key, value)


def test_keys_and_values_end_with_nul_in_the_file(tmp_path: Path) -> None:
    make(tmp_path, key="value")
    file = lmdb.open(str(tmp_path / "t.lmdb"), subdir=False, lock=False, readonly=True)
    with file, file.begin() as transaction:
        assert list(transaction.cursor()) == [(b"key\0", b"value\0")]
    assert [path.name for path in tmp_path.iterdir()] == ["t.lmdb"]


def test_a_file_without_them_is_read_too(tmp_path: Path) -> None:
    put(tmp_path, b"key", b"value")
    assert open_directly(f"lmdb:{tmp_path}/t").lookup("KEY") == "value"


def test_a_replaced_file_is_seen(tmp_path: Path) -> None:
    make(tmp_path, a="1")
    table = open_directly(f"lmdb:{tmp_path}/t")
    assert table.lookup("a") == "1"
    make(tmp_path, a="2", b="3")
    assert (table.lookup("a"), table.lookup("b")) == ("2", "3")


def test_the_same_file_may_be_two_tables_of_a_process(tmp_path: Path) -> None:
    make(tmp_path, a="1")
    one, other = (open_directly(f"lmdb:{tmp_path}/t") for _ in range(2))
    assert one.lookup("a") == other.lookup("a") == "1"
    del one
    assert other.lookup("a") == "1"


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\0" * 16384])
def test_a_file_that_is_no_lmdb_is_an_error_never_not_found(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.lmdb").write_bytes(content)
    with pytest.raises(TableError, match="not a usable lmdb file"):
        open_directly(f"lmdb:{tmp_path}/t").lookup("a")


def test_keys_the_format_has_not_are_not_found(tmp_path: Path) -> None:
    make(tmp_path, a="1")
    table = open_directly(f"lmdb:{tmp_path}/t")
    assert table.lookup("") is None
    assert table.lookup("x" * 600) is None


def test_a_key_that_is_too_long_to_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="600 bytes"):
        make(tmp_path, **{"x" * 599: "1"})


def test_an_empty_table_and_a_large_one_are_made(tmp_path: Path) -> None:
    make(tmp_path)
    assert open_directly(f"lmdb:{tmp_path}/t").lookup("a") is None
    make(tmp_path, **{f"k{n}": "v" * 1000 for n in range(30_000)})
    assert open_directly(f"lmdb:{tmp_path}/t").lookup("k29999") == "v" * 1000


def test_what_is_added_in_place_is_seen(tmp_path: Path) -> None:
    make(tmp_path, a="1")
    change_in_place(tmp_path, "b", "2")
    assert open_directly(f"lmdb:{tmp_path}/t").lookup("b") == "2"
