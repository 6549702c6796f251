"""Tables of queries, at the one database that needs no server: SQLite."""

import os
import sqlite3
from pathlib import Path

import pytest

from postroom.config.table_credentials import credential_name
from postroom.tables import TableError
from postroom.tables.credential import is_newer
from postroom.tables.opening import open_directly
from postroom.tables.table import Table

ROWS = [
    ("info@example.org", "alice"),
    ("all@example.org", "alice"),
    ("all@example.org", "bob"),
    ("none@example.org", None),
    ("empty@example.org", ""),
    ("o'hara@example.org", "scarlett"),
]
QUERY = "query = SELECT goto FROM aliases WHERE address = '%s'"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "db") as database:
        database.execute("CREATE TABLE aliases (address, goto)")
        database.executemany("INSERT INTO aliases VALUES (?, ?)", ROWS)
    database.close()
    return tmp_path / "people.cf"


def opened(file: Path, *lines: str) -> Table:
    file.write_text("\n".join((f"dbpath = {file.parent}/db", *lines, "")))
    return open_directly(f"sqlite:{file}")


def test_values_are_found_and_several_are_one_list(file: Path) -> None:
    table = opened(file, QUERY)
    assert table.lookup("INFO@example.org") == "alice"
    assert table.lookup("all@example.org") == "alice,bob"
    assert table.lookup("none@example.org") is None
    assert table.lookup("empty@example.org") is None
    assert table.lookup("nobody") is None


@pytest.mark.parametrize("key", ["o'hara@example.org", "' OR 1=1 --", "x'; DROP TABLE aliases; --"])
def test_no_key_can_be_more_than_a_key(file: Path, key: str) -> None:
    """The attack: a recipient address that ends the string it is put into."""
    table = opened(file, QUERY)
    assert table.lookup(key) == ("scarlett" if "hara" in key else None)
    assert table.lookup("info@example.org") == "alice"


@pytest.mark.parametrize("key", ["a\0b", "a\udcff"])
def test_what_is_no_text_is_in_no_database(file: Path, key: str) -> None:
    assert opened(file, QUERY).lookup(key) is None


def test_more_values_than_allowed_are_a_reason_to_try_again(file: Path) -> None:
    table = opened(file, QUERY, "expansion_limit = 1")
    assert table.lookup("info@example.org") == "alice"
    with pytest.raises(TableError, match="expansion limit exceeded"):
        table.lookup("all@example.org")


def test_with_domain_only_whole_addresses_in_it_are_looked_for(file: Path) -> None:
    table = opened(file, "query = SELECT 'found'", "domain = example.org, inline:{other.org=x}")
    assert table.lookup("x@example.org") == table.lookup("x@OTHER.org") == "found"
    for key in ("x@example.net", "@example.org", "example.org", "x"):
        assert table.lookup(key) is None


def test_results_are_put_in_form(file: Path) -> None:
    assert opened(file, QUERY, "result_format = %s@%D").lookup("all@example.org") == (
        "alice@example.org,bob@example.org"
    )


def test_the_parameters_of_old_make_a_query(file: Path) -> None:
    table = opened(
        file,
        *("table = aliases", "select_field = goto", "where_field = address"),
        "additional_conditions = AND goto = 'bob'",
    )
    assert table.lookup("all@example.org") == "bob"


@pytest.mark.parametrize(
    "lines", [("table = aliases",), ("query = %x",), ("query",), (QUERY, "expansion_limit = many")]
)
def test_a_file_that_does_not_say_what_it_must_is_told_at_each_lookup(
    file: Path, lines: tuple[str, ...]
) -> None:
    table = opened(file, *lines)
    for _ in range(2):
        with pytest.raises(TableError, match=r"people\.cf"):
            table.lookup("x")


def test_a_file_or_a_database_that_is_missing_may_come(file: Path) -> None:
    table = open_directly(f"sqlite:{file}")
    with pytest.raises(TableError, match=r"open .*people.cf: No such file"):
        table.lookup("info@example.org")
    opened(file, QUERY)
    (file.parent / "db").rename(file.parent / "away")
    with pytest.raises(TableError, match="unable to open database file"):
        table.lookup("info@example.org")
    (file.parent / "away").rename(file.parent / "db")
    assert table.lookup("info@example.org") == "alice"


def test_a_file_that_was_handed_over_is_read_in_place_of_the_original(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(file, QUERY)
    handed = file.parent / credential_name(str(file))
    file.rename(handed)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(file.parent))
    assert open_directly(f"sqlite:{file}").lookup("info@example.org") == "alice"
    assert not is_newer(str(file))

    handed.write_text("\n")  # it was missing then, and is there now
    opened(file, QUERY)
    assert open_directly(f"sqlite:{file}").lookup("info@example.org") == "alice"
    os.utime(handed, (1, 1))
    assert is_newer(str(file))
