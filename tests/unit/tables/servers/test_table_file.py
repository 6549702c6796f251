"""Where the parameters of a table that is a query are found."""

from pathlib import Path

import pytest

from postroom.tables.servers.table_file import TableFile


def test_a_table_that_is_named_by_a_file_has_its_parameters_there(tmp_path: Path) -> None:
    (tmp_path / "people.cf").write_text("user = mailer\npeople_user = another\n")
    assert TableFile(f"{tmp_path}/people.cf").text("user") == "mailer"


def test_a_table_with_another_name_has_its_parameters_in_main_cf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    text = "myhostname = a\npeople_hosts = one,\n  two\npeople_user = mailer\nuser = x\n"
    (tmp_path / "main.cf").write_text(text)
    file = TableFile("people")
    assert (file.words("hosts"), file.text("user")) == (("one", "two"), "mailer")
    assert file.text("myhostname") == ""
