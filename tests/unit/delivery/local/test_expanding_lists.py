"""Aliases and lists reach all who are meant, once, with the rights of whoever wrote them."""

import asyncio
import pwd

import pytest

from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local import expansion as module
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.lists import Members
from postroom.delivery.local.parts import worst
from postroom.mail.envelope import Recipient
from unit.delivery.local.household import Recorder, Shelf, expand, expansion_of


def test_an_alias_reaches_all_its_members_here_and_elsewhere() -> None:
    calls, _ = expand("team@here.test", {"team": "alice bob@here.test, carol@else.test"})
    assert calls == [
        "mailbox alice from s@x.test",
        "mailbox bob from s@x.test",
        "forward carol@else.test from s@x.test",
    ]


def test_members_of_a_list_with_an_owner_get_messages_of_their_own_from_the_owner() -> None:
    aliases = {"team": "alice, carol@else.test", "owner-team": "bob"}
    calls, _ = expand("team@here.test", aliases)
    assert calls == [
        "forward alice@here.test from owner-team@here.test",
        "forward carol@else.test from owner-team@here.test",
    ]
    assert expand("TEAM+X@Here.test", aliases)[0] == calls
    calls, _ = expand("team@here.test", aliases, expand_owner_alias=True)
    assert calls[0] == "forward alice@here.test from bob@here.test"


def test_a_list_in_a_list_with_an_owner_is_as_if_alone_only_where_main_cf_says_so() -> None:
    aliases = {"all": "team", "owner-all": "bob", "team": "alice"}
    forwarded = "forward alice@here.test from owner-all@here.test"
    assert expand("all@here.test", aliases)[0] == [forwarded]
    delivered = "mailbox alice from owner-all@here.test"
    assert expand("all@here.test", aliases, reset_owner_alias=True)[0] == [delivered]


def test_a_list_that_is_reached_twice_is_expanded_once() -> None:
    aliases = {"all": "a, b", "a": "team", "b": "team", "team": "alice"}
    calls, result = expand("all@here.test", aliases)
    assert (calls, result.code) == (["mailbox alice from s@x.test"], "2.0.0")


def test_owner_and_request_names_have_no_extension() -> None:
    aliases = {"owner-team": "bob", "team-request": "bob", "owner": "alice", "team": "alice"}
    for address in ("owner-team@here.test", "team-request@here.test"):
        assert expand(address, aliases, recipient_delimiter="-")[0] == ["mailbox bob from s@x.test"]
    calls, _ = expand("team-other@here.test", aliases, recipient_delimiter="-")
    assert calls == ["forward alice@here.test from owner-team@here.test"]


def test_members_get_the_extension_where_main_cf_says_so() -> None:
    aliases = {"team": "carol@else.test, dan+own@else.test"}
    plain, _ = expand("team+x@here.test", aliases)
    assert plain[0] == "forward carol@else.test from s@x.test"
    handed_on, _ = expand("team+x@here.test", aliases, propagate_unmatched_extensions=("alias",))
    assert handed_on == [
        "forward carol+x@else.test from s@x.test",
        "forward dan+own@else.test from s@x.test",
    ]


def test_extension_aliases_come_before_the_plain_name() -> None:
    aliases = {"list+request": "bob", "list": "alice"}
    assert expand("list+request@here.test", aliases)[0] == ["mailbox bob from s@x.test"]
    assert expand("list+other@here.test", aliases)[0] == ["mailbox alice from s@x.test"]


def test_alias_loops_end() -> None:
    calls, result = expand("a@here.test", {"a": "b", "b": "c", "c": "a, alice"})
    assert "mailbox alice from s@x.test" in calls
    assert result == Result("5.4.6", "mail forwarding loop for a@here.test")


def test_an_alias_bomb_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TARGETS", 200)
    calls, result = expand("a@here.test", {"a": ", ".join(["alice"] * 1000)})
    assert len(calls) < 200
    assert result.code == "5.4.6"


def test_aliased_files_and_commands_run_as_nobody() -> None:
    aliases = {"x": '"|cmd", /var/file'}
    nobody = pwd.getpwnam("nobody").pw_uid
    assert expand("x@here.test", aliases)[0] == [
        f"command cmd as {nobody}",
        f"file /var/file as {nobody}",
    ]


def test_lists_have_owners_only_where_such_names_are_special() -> None:
    aliases = {"team": "alice", "owner-team": "bob"}
    calls, _ = expand("team@here.test", aliases, owner_request_special=False)
    assert calls == ["mailbox alice from s@x.test"]


def test_who_is_named_twice_gets_the_message_once() -> None:
    aliases = {"all": "team, bob, far@away.test", "team": "alice, bob, far@AWAY.test, alice"}
    calls, _ = expand("all@here.test", aliases)
    assert calls == [
        "mailbox alice from s@x.test",
        "mailbox bob from s@x.test",
        "forward far@AWAY.test from s@x.test",
    ]


def test_members_of_an_included_list_get_messages_of_their_own() -> None:
    shelf = Shelf({"/list": Members("alice\n# nobody\nbob, team\n", 0)})
    calls, _ = expand("x@here.test", {"x": ":include:/list", "team": "far@else.test"}, shelf=shelf)
    assert calls == [
        "forward alice@here.test from s@x.test",
        "forward bob@here.test from s@x.test",
        "forward far@else.test from s@x.test",
    ]
    assert shelf.readers == [None]


def test_mail_to_a_list_without_members_ends_and_the_log_says_so() -> None:
    """Postfix removes it without a word."""
    shelf = Shelf({"/list": Members("# nobody yet\n", 0)})
    ended = Result("2.0.0", "list has no members")
    assert expand("x@here.test", {"x": ":include:/list"}, shelf=shelf) == ([], ended)


@pytest.mark.parametrize("value", ["<>", "(nobody)", ", ,"])
def test_mail_for_an_alias_of_nobody_waits(value: str) -> None:
    """Such an entry is a mistake, by which no mail may be lost."""
    calls, result = expand("x@here.test", {"x": value})
    assert calls == ["warn no recipient in alias lookup result for x"]
    assert result == Result("4.3.0", "alias database unavailable")


def test_a_user_s_list_is_read_and_its_commands_run_with_the_user_s_rights() -> None:
    shelf = Shelf({"/list": Members('"|cmd"', 1002)})
    mailman = Recorder(alice=":include:/list")
    calls, _ = expand(
        "alice@here.test", {}, mailman, shelf, allow_mail_to_commands=("forward", "include")
    )
    assert calls == ["command cmd as 1001"]
    assert shelf.readers == [Identity(1001, 1001)]


def test_a_list_of_somebody_s_in_root_s_aliases_has_the_rights_of_its_owner() -> None:
    """Else whoever may write it would have the rights of default_privs."""
    daemon = pwd.getpwnam("daemon").pw_uid
    shelf = Shelf({"/list": Members('"|cmd"', daemon)})
    calls, _ = expand(
        "x@here.test", {"x": ":include:/list"}, shelf=shelf, allow_mail_to_commands=("include",)
    )
    assert calls == [f"command cmd as {daemon}"]


def test_commands_in_included_lists_are_refused_by_default() -> None:
    shelf = Shelf({"/list": Members('"|sh"', 0)})
    calls, result = expand("x@here.test", {"x": ":include:/list"}, shelf=shelf)
    assert (calls, result.code) == ([], "5.7.1")


def test_a_list_that_cannot_be_used_is_told_and_a_table_waited_for() -> None:
    assert expand("x@here.test", {"x": ":include:/does/not/exist"})[1].code == "5.3.5"
    one = expansion_of(("fail:reason",), Recorder())
    parts = asyncio.run(one.deliver(Copy(0, Recipient("alice@here.test"), "")))
    assert worst(parts).code == "4.3.0"
