"""Whom an address of ours reaches, with whose rights, and what is not done a second time."""

import asyncio
import pwd

import pytest

from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.parts import worst
from postroom.mail.envelope import Recipient
from unit.delivery.local.household import LATER, SENT, Recorder, expand, expansion_of


def test_whoever_is_in_the_request_is_ours_whatever_the_domain() -> None:
    assert expand("alice+x@else.test", {})[0] == ["mailbox alice from s@x.test"]
    calls, _ = expand("team@else.test", {"team": "alice, alice@else.test"})
    assert calls == ["mailbox alice from s@x.test", "forward alice@else.test from s@x.test"]


def test_a_user_gets_mail_in_the_mailbox() -> None:
    assert expand("alice@here.test", {})[0] == ["mailbox alice from s@x.test"]
    assert expand("Alice+x@here.test", {})[0] == ["mailbox alice from s@x.test"]


def test_an_unknown_user_is_refused_by_name() -> None:
    assert expand("eve@here.test", {}) == ([], Result("5.1.1", 'unknown user: "eve"'))


@pytest.mark.parametrize("name", ["MAILER-DAEMON", "postmaster+x"])
def test_mail_for_those_whom_every_machine_has_is_not_bounced(name: str) -> None:
    """The admin, who forgot the alias, reads of it."""
    (warning,), result = expand(f"{name}@here.test", {})
    assert warning.startswith("warn required alias not found: ")
    assert warning.endswith((": mailer-daemon", ": postmaster"))
    assert result == Result("2.0.0", "discarded")
    calls, _ = expand(f"{name}@here.test", {}, luser_relay="alice")
    assert calls == ["mailbox alice from s@x.test"]


def test_a_quoted_local_part_finds_the_name_in_the_quotes() -> None:
    mailman = Recorder()
    one = expansion_of(("regexp:{{/^quo ted$/ bob}}",), mailman)
    asyncio.run(one.deliver(Copy(0, Recipient('"quo ted"@here.test'), "s@x.test")))
    assert mailman.calls == ["mailbox bob from s@x.test"]
    assert expand('"alice"@here.test', {})[0] == ["mailbox alice from s@x.test"]


def test_what_main_cf_says_is_not_taken_from_addresses() -> None:
    calls, _ = expand("eve+$user@here.test", {}, luser_relay="x-$extension@else.test")
    assert calls == ["forward x-$user@else.test from s@x.test"]


def test_a_name_in_main_cf_that_cannot_be_filled_in_makes_mail_wait() -> None:
    relay = "${{$user} == {eve} ? {$} : {x}}"
    calls, result = expand("eve@here.test", {}, luser_relay=relay)
    assert (calls, result.code) == (['warn empty macro name: "$"'], "4.3.5")


def test_nothing_runs_as_root_though_default_privs_be_root() -> None:
    calls, result = expand("x@here.test", {"x": '"|cmd"'}, default_privs="root")
    assert (calls, result.code) == ([], "4.3.5")


def test_a_list_that_cannot_be_there_is_a_mistake_and_not_looked_for_again_and_again() -> None:
    (warning,), result = expand("x@here.test", {"x": f":include:/{'d' * 5000}"})
    assert warning.endswith("ddd: File name too long")
    assert result == Result("5.3.5", "mail system configuration error")


@pytest.mark.parametrize("item", ["~/x", "~bob/x", ":include:list", ":include:~/list"])
def test_a_file_that_is_at_nobody_s_home_is_none(item: str) -> None:
    (warning,), result = expand("x@here.test", {"x": item})
    assert warning.startswith(f"warn {item} is ")
    assert result == Result("5.3.5", "mail system configuration error")


def test_a_user_s_own_file_may_be_named_from_home() -> None:
    calls, _ = expand("bob@here.test", {}, Recorder(bob="~/kept, ~/box/\n"))
    assert [call.rpartition(" as ")[0] for call in calls] == [
        "file /home/bob/kept",
        "file /home/bob/box/",
    ]


@pytest.mark.parametrize("item", ["else.test!far", "far%else.test", "a%b@here.test"])
def test_the_way_to_an_address_is_cleanup_s_to_find(item: str) -> None:
    calls, _ = expand("x@here.test", {"x": item})
    assert calls == [f"forward {item} from s@x.test"]
    plain = {"swap_bangpath": False, "allow_percent_hack": False}
    _, result = expand("x@here.test", {"x": item}, **plain)
    assert result.code == "5.1.1"


def test_an_address_without_its_domain_is_told_to_the_sender() -> None:
    calls, result = expand("x@here.test", {"x": "alice@, bob"})
    assert calls == ["mailbox bob from s@x.test"]
    assert result == Result("5.1.3", "bad recipient address syntax: alice@")


def test_who_was_reached_at_an_earlier_attempt_is_not_reached_again() -> None:
    aliases = ('inline:{ { all = alice, bob, far@else.test, /file, "|cmd" } }',)
    copy = Copy(0, Recipient("all@here.test"), "s@x.test")
    first = Recorder(full=("bob", "cmd"))
    expansion = expansion_of(aliases, first)
    parts = asyncio.run(expansion.deliver(copy))
    assert worst(parts) == LATER
    assert len(first.calls) == 5
    nobody = pwd.getpwnam("nobody").pw_uid
    second = Recorder()
    parts = asyncio.run(expansion_of(aliases, second, done=expansion.done).deliver(copy))
    assert second.calls == ["mailbox bob from s@x.test", f"command cmd as {nobody}"]
    assert worst(parts) == SENT


def test_luser_relay_catches_unknown_users() -> None:
    calls, _ = expand("eve@here.test", {}, luser_relay="$user@else.test")
    assert calls == ["forward eve@else.test from s@x.test"]
    relay = "$user-$local-$domain-${extension?{$extension}:{none}}$recipient_delimiter$shell$home"
    calls, _ = expand("eve+x@here.test", {}, luser_relay=f"{relay}@else.test")
    assert calls == ["forward eve-eve+x-here.test-x+@else.test from s@x.test"]
    assert expand("eve@here.test", {}, luser_relay="nobody-here")[1].code == "5.1.1"


@pytest.mark.parametrize(
    "item",
    [
        "x" * 1100 + "@else.test",
        "x@" + "y" * 1100,
        "x\x01y@else.test",
        "x\x7fy@here.test",
        '"|' + "x" * 5000 + '"',
        "/" + "x" * 5000,
    ],
)
def test_what_no_envelope_and_no_file_system_can_hold_fails_alone(item: str) -> None:
    """Neither the rest of the list nor other recipients suffer for one line of a user's."""
    mailman = Recorder(bob=f"{item}\n\\bob\n")
    calls, result = expand("bob@here.test", {}, mailman)
    assert calls == ["mailbox bob from s@x.test"]
    assert result.code in {"5.1.3", "5.3.5"}
