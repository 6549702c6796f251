"""Where .forward files are looked for: worked out once for each address and user."""

from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.local.forward_paths import ForwardPaths
from postroom.delivery.local.users import User
from unit.delivery.local.household import settings

ANNA = User("anna", "/home/anna", "/bin/sh", Identity(1, 1))
TEMPLATES = ("$home/.forward${recipient_delimiter}${extension}", "$home/.forward")


def paths() -> ForwardPaths:
    return ForwardPaths(settings(forward_path=TEMPLATES, recipient_delimiter="+"))


def test_an_extension_has_a_file_of_its_own_first() -> None:
    found = paths().of("anna+shop@here.test", ANNA)
    assert [*found.items()] == [("/home/anna/.forward+shop", True), ("/home/anna/.forward", False)]


def test_each_address_and_user_has_its_own_however_often_it_is_asked_for() -> None:
    asked = paths()
    moved = ANNA._replace(home="/srv/anna")
    for _ in range(2):
        assert [*asked.of("anna@here.test", ANNA)] == ["/home/anna/.forward"]
        assert [*asked.of("anna@here.test", moved)] == ["/srv/anna/.forward"]
        assert "/home/anna/.forward+a" in asked.of("anna+a@here.test", ANNA)
        assert "/home/anna/.forward+b" in asked.of("anna+b@here.test", ANNA)
