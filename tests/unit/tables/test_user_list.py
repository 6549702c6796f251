"""Who is on a list of users."""

import os
from pathlib import Path

import pytest

from postroom.tables.table import TableError
from postroom.tables.user_list import UserList, login_of

NOBODY_S_UID = 4_000_000


@pytest.mark.parametrize(
    ("entries", "uid", "allowed"),
    [
        (("static:anyone",), NOBODY_S_UID, True),
        ((), 0, False),
        (("root",), 0, True),
        (("daemon",), 0, False),
        (("!root", "static:all"), 0, False),
        (("!root", "static:all"), NOBODY_S_UID, True),
        (("unknown",), NOBODY_S_UID, True),
    ],
)
def test_a_user_is_looked_for_by_login(entries: tuple[str, ...], uid: int, allowed: bool) -> None:
    assert UserList(entries).allows(uid) is allowed


def test_logins_come_from_files_too(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("# these\nbin, root\n")
    assert UserList((str(file),)).allows(0)


def test_a_list_that_cannot_be_read_allows_and_forbids_nothing() -> None:
    with pytest.raises(TableError):
        UserList(("/nonexistent/users",)).allows(0)


def test_who_has_no_login_is_unknown() -> None:
    assert login_of(NOBODY_S_UID) == "unknown"
    assert login_of(os.getuid()) != "unknown"
