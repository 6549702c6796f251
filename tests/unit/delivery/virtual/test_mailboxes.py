"""virtual finds the mailbox and owner that the tables name, and nothing outside its base."""

import asyncio
from functools import cache
from pathlib import Path

import pytest
from msgspec import structs

from configured import configured
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.virtual.mailboxes import Mailbox, Mailboxes, Misconfigured
from postroom.delivery.virtual.settings import Settings
from postroom.tables import TableError

_MAIN_CF = """
virtual_mailbox_base = /var/vmail
virtual_mailbox_maps =
    inline:{ { a@x.test = x/a/ }, { @y.test = y/all }, { e@x.test = ../../etc/passwd } }
virtual_uid_maps = inline:{ { a@x.test = 5001 }, { @y.test = 5002 } }
virtual_gid_maps = static:5000
recipient_delimiter = +
"""


@cache
def _defaults() -> Settings:
    return configured(Settings, _MAIN_CF, process_limit=0)


def settings(**changes: object) -> Settings:
    return structs.replace(_defaults(), **changes)


def find(address: str, **changes: object) -> Mailbox | None:
    return asyncio.run(Mailboxes(settings(**changes)).find(address))


def test_an_address_has_its_mailbox_and_owner() -> None:
    assert find("a@x.test") == Mailbox("/var/vmail/x/a/", Identity(5001, 5000))


def test_an_extension_belongs_to_the_plain_address() -> None:
    assert find("a+b@x.test") == Mailbox("/var/vmail/x/a/", Identity(5001, 5000))


def test_a_domain_may_have_one_mailbox_for_all() -> None:
    assert find("any@y.test") == Mailbox("/var/vmail/y/all", Identity(5002, 5000))


def test_a_table_has_addresses_with_the_quotes_that_they_need() -> None:
    table = 'inline:{ { "a b"@x.test = x/ab } }'
    for address in ("a b@x.test", "A B+c@x.test"):
        found = find(address, virtual_mailbox_maps=(table,), virtual_uid_maps=("static:5001",))
        assert found is not None
        assert found.path == "/var/vmail/x/ab"


def test_nobody_else_is_known() -> None:
    assert find("b@x.test") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"virtual_uid_maps": ("static:99",)},
        {"virtual_uid_maps": ("static:root",)},
        {"virtual_uid_maps": ()},
        {"virtual_gid_maps": ("static:0",)},
        {"virtual_mailbox_base": ""},
    ],
)
def test_rights_that_are_not_given_for_certain_are_not_taken(changes: dict[str, object]) -> None:
    with pytest.raises(Misconfigured):
        find("a@x.test", **changes)


def test_no_table_entry_leads_out_of_the_base() -> None:
    with pytest.raises(Misconfigured):
        find("e@x.test", virtual_uid_maps=("static:5000",))


def test_an_unreadable_table_is_no_unknown_user() -> None:
    with pytest.raises(TableError):
        find("a@x.test", virtual_mailbox_maps=("fail:x",))


def test_the_case_of_an_address_does_not_matter_to_any_table(tmp_path: Path) -> None:
    (tmp_path / "boxes").write_text("/^a@x.test$/ x/a/\n")
    found = find("A@X.test", virtual_mailbox_maps=(f"pcre:{tmp_path}/boxes",))
    assert found == Mailbox("/var/vmail/x/a/", Identity(5001, 5000))


def test_a_pattern_sees_the_whole_address_only(tmp_path: Path) -> None:
    (tmp_path / "boxes").write_text("/^@x.test$/ x/all/\n/^a@x/ x/a/\n")
    maps = (f"regexp:{tmp_path}/boxes",)
    assert find("b@x.test", virtual_mailbox_maps=maps) is None
    assert find("a+b@x.test", virtual_mailbox_maps=maps) is None


@pytest.mark.parametrize("result", ["$1/", "boxes/${1}/", "x/$(2)"])
def test_an_address_does_not_name_its_own_mailbox(tmp_path: Path, result: str) -> None:
    """RCPT TO:<../../etc/cron.d/x@x.test> is the attack."""
    (tmp_path / "boxes").write_text(f"# not $1 here\n/^(.*)@x.test$/ {result}\n/^b@/ b/\n")
    maps = (f"pcre:{tmp_path}/boxes",)
    assert find("a@x.test", virtual_mailbox_maps=maps) is None
    known = find("b@x.test", virtual_mailbox_maps=maps, virtual_uid_maps=("static:5001",))
    assert known == Mailbox("/var/vmail/b/", Identity(5001, 5000))
    owners = (f"pcre:{tmp_path}/owners",)
    (tmp_path / "owners").write_text("/^a(.*)@/ 500$1\n")
    with pytest.raises(Misconfigured):
        find("a1@y.test", virtual_uid_maps=owners)
