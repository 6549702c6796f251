"""Users of the machine are found by name, with a home where each process finds the same."""

import pwd

import pytest

from postroom.delivery.local.users import user_of


@pytest.mark.parametrize(
    ("entered", "home"), [("/home/bob", "/home/bob"), ("none", "/none"), ("", "/")]
)
def test_a_home_is_somewhere_below_the_root(
    monkeypatch: pytest.MonkeyPatch, entered: str, home: str
) -> None:
    entry = pwd.struct_passwd(("bob", "x", 4321, 4321, "", entered, ""))
    monkeypatch.setattr(pwd, "getpwnam", {"bob": entry}.__getitem__)
    user = user_of("Bob")
    assert user is not None
    assert (user.name, user.home, user.shell) == ("bob", home, "/bin/sh")
