"""Tables of fixed keys: what they find, what they say when they cannot, when they look again."""

import os
from pathlib import Path

import pytest

from postroom.tables import Maps, TableError, open_table, refreshed
from postroom.tables.cdb_writer import CdbWriter


def index(path: Path, **entries: str) -> None:
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        writer = CdbWriter(file)
        for key, value in entries.items():
            writer.add(key.encode(), value.encode())
        writer.finish()
    aside.rename(path)


@pytest.mark.parametrize("kind", ["hash", "btree", "cdb"])
def test_indexed_tables_ignore_case(tmp_path: Path, kind: str) -> None:
    index(tmp_path / "virtual.cdb", user="There")
    table = open_table(f"{kind}:{tmp_path / 'virtual'}")
    assert table.lookup("USER") == "There"
    assert table.lookup("other") is None
    assert table.lookup("bad\udcffkey") is None


def test_an_index_of_null_terminated_keys_is_read_too(tmp_path: Path) -> None:
    index(tmp_path / "x.cdb", **{"user\0": "there\0"})
    assert open_table(f"cdb:{tmp_path / 'x'}").lookup("user") == "there"


def test_a_missing_index_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    path = tmp_path / "virtual"
    with pytest.raises(TableError) as caught:
        open_table(f"hash:{path}").lookup("x")
    assert str(caught.value) == (
        f"open database {path}.cdb: No such file or directory (run: postmap hash:{path})"
    )


def test_a_file_that_is_no_cdb_is_an_error_never_not_found(tmp_path: Path) -> None:
    (tmp_path / "x.cdb").write_text("user there\n")
    with pytest.raises(TableError, match="not a usable cdb file"):
        open_table(f"hash:{tmp_path / 'x'}").lookup("user")


def test_a_value_that_is_no_utf8_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / "x.cdb").open("wb") as file:
        writer = CdbWriter(file)
        writer.add(b"user", b"\xff")
        writer.finish()
    with pytest.raises(TableError, match="non-UTF-8 value"):
        open_table(f"hash:{tmp_path / 'x'}").lookup("user")


def test_a_replaced_index_is_seen_and_a_new_one_heals_a_failure(tmp_path: Path) -> None:
    table = open_table(f"hash:{tmp_path / 'x'}")
    with pytest.raises(TableError):
        table.lookup("user")
    index(tmp_path / "x.cdb", user="one")
    assert table.lookup("user") == "one"
    index(tmp_path / "x.cdb", user="two")
    assert table.lookup("user") == "two"


def test_files_are_looked_at_once_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshed, "CHECK_SECONDS", 3600.0)
    index(tmp_path / "x.cdb", user="one")
    table = open_table(f"hash:{tmp_path / 'x'}")
    assert table.lookup("user") == "one"
    index(tmp_path / "x.cdb", user="two")
    assert table.lookup("user") == "one"


def test_an_index_older_than_its_source_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index(tmp_path / "x.cdb", user="one")
    (tmp_path / "x").write_text("user two\n")
    os.utime(tmp_path / "x.cdb", (1, 1))
    assert open_table(f"hash:{tmp_path / 'x'}").lookup("user") == "one"
    assert f"database {tmp_path}/x.cdb is older than source file {tmp_path}/x" in caplog.text


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    """A directory is one that root cannot read as a file either."""
    (tmp_path / "x").mkdir()
    with pytest.raises(TableError, match="Is a directory"):
        open_table(f"texthash:{tmp_path / 'x'}").lookup("user")


def test_texthash_reads_its_source_and_tells_what_it_ignores(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x"
    path.write_text('# c\nUser  there,\n   and there\nnovalue\nuser again\n"a b"@x  y\n')
    table = open_table(f"texthash:{path}")
    assert table.lookup("user") == "there,   and there"
    assert table.lookup('"a b"@x') == "y"
    assert f"{path}, line 4: expected format: key whitespace value" in caplog.text
    assert f'{path}, line 5: duplicate entry: "user"' in caplog.text


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="Is a directory"):
        open_table(f"texthash:{tmp_path}").lookup("x")


def test_static_has_one_value_for_every_key() -> None:
    assert open_table("static:OK").lookup("anything") == "OK"
    assert open_table("static:{ two words }").lookup("x") == "two words"


def test_inline_holds_its_entries_in_the_name() -> None:
    table = open_table("inline:{A=1, {b = two words} c=}")
    assert [table.lookup(key) for key in ("a", "B", "c", "d")] == ["1", "two words", "", None]


@pytest.mark.parametrize("name", ["inline:x", "inline:{}", "inline:{a}", "inline:{a=b"])
def test_a_malformed_inline_table_is_refused(name: str) -> None:
    with pytest.raises(TableError):
        open_table(name)


def test_unix_tables_answer_with_the_line_of_the_account() -> None:
    passwd = open_table("proxy:unix:passwd.byname")
    assert (passwd.lookup("ROOT") or "").startswith("root:x:0:0:")
    assert passwd.lookup("no-such-user") is None
    assert passwd.lookup("nul\0byte") is None
    assert (open_table("unix:group.byname").lookup("root") or "").startswith("root:")


@pytest.mark.parametrize("name", ["nosuch:x", "hash", "hash:", "", "unix:shadow", "static:"])
def test_a_name_that_can_never_work_is_refused_at_once(name: str) -> None:
    with pytest.raises(TableError):
        open_table(name)


def test_maps_stop_at_the_first_answer_and_at_the_first_failure() -> None:
    assert Maps(("inline:{a=1}", "inline:{a=2, b=3}")).lookup("a") == "1"
    assert Maps(("inline:{a=1}", "inline:{a=2, b=3}")).lookup("b") == "3"
    assert Maps(()).lookup("a") is None
    with pytest.raises(TableError):
        Maps(("fail:x", "static:found")).lookup("a")
    assert Maps(("static:found", "fail:x")).lookup("a") == "found"


def test_a_wrong_name_among_maps_fails_when_asked_not_before() -> None:
    maps = Maps(("inline:{a=1}", "nosuch:x"))
    assert maps.lookup("a") == "1"
    with pytest.raises(TableError, match="unsupported dictionary type: nosuch"):
        maps.lookup("b")


def test_parts_of_addresses_are_kept_from_patterns() -> None:
    maps = Maps(("regexp:{{/example/ pattern}}", "inline:{example.com=fixed}"))
    assert maps.lookup("user@example.com") == "pattern"
    assert maps.lookup("example.com", part=True) == "fixed"
