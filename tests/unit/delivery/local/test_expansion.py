"""Aliases and .forward files lead a message where they say, in bounded work, with right rights."""

import asyncio
import pwd
import string
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local import expansion as module
from postroom.delivery.local.aliases import Aliases
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.expansion import Expansion, Sources
from postroom.delivery.local.forwarding import Forwarded
from postroom.delivery.local.lists import Members, NoList
from postroom.delivery.local.parts import Part, worst
from postroom.delivery.local.progress import Key
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User, Users
from postroom.mail.envelope import Recipient
from postroom.tables.match_list import DomainList

SENT = Result("2.0.0", "ok")
LATER = Result("4.2.0", "not now")


def settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "cleanup_service_name": "cleanup",
        "alias_maps": (),
        "allow_mail_to_commands": ("alias", "forward"),
        "allow_mail_to_files": ("alias", "forward"),
        "allow_percent_hack": True,
        "swap_bangpath": True,
        "command_execution_directory": "",
        "command_expansion_filter": "abc",
        "command_time_limit": 10.0,
        "default_privs": "nobody",
        "deliver_lock_attempts": 1,
        "deliver_lock_delay": 0.1,
        "destination_concurrency_limit": 2,
        "enable_original_recipient": True,
        "execution_directory_expansion_filter": "abc",
        "expand_owner_alias": False,
        "export_environment": (),
        "fallback_transport": "",
        "fallback_transport_maps": (),
        "forward_expansion_filter": string.ascii_letters + string.digits + "/._+",
        "forward_path": ("$home/.forward${recipient_delimiter}${extension}", "$home/.forward"),
        "frozen_delivered_to": True,
        "home_mailbox": "",
        "local_command_shell": "",
        "local_delivery_status_filter": (),
        "luser_relay": "",
        "mail_spool_directory": "/var/mail",
        "mailbox_command": "",
        "mailbox_command_maps": (),
        "mailbox_delivery_lock": ("fcntl",),
        "mailbox_transport": "",
        "mailbox_transport_maps": (),
        "max_idle": 1.0,
        "mydestination": ("here.test",),
        "myhostname": "mail.here.test",
        "myorigin": "here.test",
        "owner_request_special": True,
        "prepend_delivered_header": (),
        "process_limit": 0,
        "propagate_unmatched_extensions": (),
        "recipient_delimiter": "+",
        "require_home_directory": False,
        "reset_owner_alias": False,
        "service_name": "local",
        "smtputf8_autodetect_classes": (),
        "soft_bounce": False,
        "stale_lock_time": 500.0,
        "strict_mailbox_ownership": True,
        "sun_mailtool_compatibility": False,
        "delay_logging_resolution_limit": 2,
        "info_log_address_format": "external",
        "syslog_name": "postfix",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


class Recorder:
    """A mailman, and the messages that go elsewhere; only notes down what there is to do.

    ``forwards`` are .forward files by user; what a mailbox or command in ``full`` gets waits.
    """

    def __init__(self, full: Sequence[str] = (), **forwards: str) -> None:
        self.calls: list[str] = []
        self.paths: list[str] = []
        self.full = full
        self._forwards = forwards
        self._copies: list[Copy] = []

    def _part(self, copy: Copy, place: str) -> Part:
        return Part(copy.recipient, LATER if place in self.full else SENT)

    async def to_mailbox(self, copy: Copy, user: User, paths: Sequence[str] = ()) -> Part:
        self.paths += paths
        forward = self._forwards.get(user.name, "") if paths else ""
        if forward:
            return Part(copy.recipient, Result("2.0.0", "", forward))
        self.calls.append(f"mailbox {user.name} from {copy.sender}")
        return self._part(copy, user.name)

    def warn(self, text: str) -> None:
        self.calls.append(f"warn {text}")

    async def to_nobody(self, copy: Copy, name: str) -> Part | None:
        return None

    async def to_file(self, copy: Copy, path: str, identity: Identity) -> Part:
        self.calls.append(f"file {path} as {identity.uid}")
        return self._part(copy, path)

    async def to_command(
        self, copy: Copy, command: str, identity: Identity, _: User | None
    ) -> Part:
        self.calls.append(f"command {command} as {identity.uid}")
        return self._part(copy, command)

    def add(self, copy: Copy) -> None:
        self.calls.append(f"forward {copy.recipient.address} from {copy.sender}")
        self._copies.append(copy)

    async def send(self) -> list[Forwarded]:
        copies, self._copies = self._copies, []
        return [Forwarded(copies, Part(copies[0].recipient, SENT))] if copies else []


class Shelf:
    """Lists by path, with their owner's uid."""

    def __init__(self, lists: Mapping[str, Members]) -> None:
        self._lists = lists
        self.readers: list[Identity | None] = []

    async def read(self, path: str, identity: Identity | None) -> Members:
        self.readers.append(identity)
        if path not in self._lists:
            raise NoList(Result("5.3.5", f"no {path}"))
        return self._lists[path]


def known(name: str) -> User | None:
    uids = {"alice": 1001, "bob": 1002, "root": 0}
    uid = uids.get(name.lower())
    if uid is None:
        return None
    return User(name.lower(), f"/home/{name.lower()}", "/bin/sh", Identity(uid, uid))


def expansion_of(
    tables: Sequence[str],
    recorder: Recorder,
    shelf: Shelf | None = None,
    done: frozenset[Key] = frozenset(),
    **changes: object,
) -> Expansion:
    domains = DomainList(("here.test",), parents=False)
    lists: Any = shelf or Shelf({})
    sources = Sources(Aliases(tables), domains, Users(known), lists)
    fake: Any = recorder
    return Expansion(settings(**changes), sources, fake, fake, done)


def expand(
    address: str,
    aliases: dict[str, str],
    mailman: Recorder | None = None,
    shelf: Shelf | None = None,
    **changes: object,
) -> tuple[list[str], Result]:
    mailman = mailman or Recorder()
    entries = ", ".join(f"{{ {key} = {value} }}" for key, value in aliases.items())
    tables = (f"inline:{{ {entries} }}",) if aliases else ()
    one = expansion_of(tables, mailman, shelf, **changes)
    parts = asyncio.run(one.deliver(Copy(0, Recipient(address), "s@x.test")))
    return mailman.calls, worst(parts)


def test_whoever_is_in_the_request_is_ours_whatever_the_domain() -> None:
    assert expand("alice+x@else.test", {})[0] == ["mailbox alice from s@x.test"]
    calls, _ = expand("team@else.test", {"team": "alice, alice@else.test"})
    assert calls == ["mailbox alice from s@x.test", "forward alice@else.test from s@x.test"]


def test_a_user_gets_mail_in_the_mailbox() -> None:
    assert expand("alice@here.test", {})[0] == ["mailbox alice from s@x.test"]
    assert expand("Alice+x@here.test", {})[0] == ["mailbox alice from s@x.test"]


def test_an_unknown_user_is_refused_by_name() -> None:
    assert expand("eve@here.test", {}) == ([], Result("5.1.1", 'unknown user: "eve"'))


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


def test_a_quoted_local_part_finds_the_name_in_the_quotes() -> None:
    aliases = {"quo ted": "bob"}
    assert expand('"quo ted"@here.test', aliases)[0] == ["mailbox bob from s@x.test"]
    assert expand('"alice"@here.test', {})[0] == ["mailbox alice from s@x.test"]


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


def test_a_forward_file_s_commands_run_as_the_user_and_backslash_ends_it() -> None:
    mailman = Recorder(alice='\\alice, "|vacation", bob')
    calls, _ = expand("alice@here.test", {}, mailman)
    assert calls == [
        "mailbox alice from s@x.test",
        "command vacation as 1001",
        "forward bob@here.test from s@x.test",
    ]


def test_a_forward_file_that_names_its_owner_is_no_loop() -> None:
    calls, _ = expand("alice@here.test", {}, Recorder(alice="alice, bob"))
    assert calls == ["mailbox alice from s@x.test", "forward bob@here.test from s@x.test"]


def test_nor_is_it_one_where_the_file_is_an_extension_s() -> None:
    """Else bob's own copy would go round by bob's .forward once more, and carol get two."""
    calls, _ = expand("bob+x@here.test", {}, Recorder(bob="bob, carol@else.test"))
    assert calls == ["mailbox bob from s@x.test", "forward carol@else.test from s@x.test"]


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


def test_who_forwards_and_is_named_twice_keeps_no_copy() -> None:
    calls, _ = expand("all@here.test", {"all": "bob, bob"}, Recorder(bob="far@away.test"))
    assert calls == ["forward far@away.test from s@x.test"]


def test_the_extension_s_forward_file_is_looked_for_first() -> None:
    mailman = Recorder()
    expand("alice+x@here.test", {}, mailman)
    assert mailman.paths == ["/home/alice/.forward+x", "/home/alice/.forward"]
    mailman = Recorder()
    expand("alice@here.test", {}, mailman)
    assert mailman.paths == ["/home/alice/.forward"]


@pytest.mark.parametrize(
    ("path", "bare", "extended"),
    [
        ("/f/$extension", [], ["/f/x"]),
        ("/f/${extension?{$extension}:{none}}", ["/f/none"], ["/f/x"]),
        ("/f/${extension:{none}}", ["/f/none"], ["/f/"]),
        ("/f${extension?/$extension}", ["/f"], ["/f/x"]),
        ("$home/$shell$user-$local-$domain", *[["/home/alice//bin/shalice-alice{}-here.test"]] * 2),
        ("/f/$unknown", [], []),
        ("${{$user} == {alice} ? {/f} : {/g}}", ["/f"], ["/f"]),
    ],
)
def test_forward_path_is_expanded_as_by_local(
    path: str, bare: list[str], extended: list[str]
) -> None:
    """A path with a name that has no value is none."""
    for extension, paths in (("", bare), ("+x", extended)):
        mailman = Recorder()
        expand(f"alice{extension}@here.test", {}, mailman, forward_path=(path,))
        assert mailman.paths == [one.replace("{}", extension) for one in paths]


def test_what_main_cf_says_is_not_taken_from_addresses() -> None:
    calls, _ = expand("eve+$user@here.test", {}, luser_relay="x-$extension@else.test")
    assert calls == ["forward x-$user@else.test from s@x.test"]


def test_a_name_in_main_cf_that_cannot_be_filled_in_makes_mail_wait() -> None:
    relay = "${{$user} == {eve} ? {$} : {x}}"
    calls, result = expand("eve@here.test", {}, luser_relay=relay)
    assert (calls, result.code) == (['warn empty macro name: "$"'], "4.3.5")


def test_root_s_forward_file_is_obeyed_and_its_commands_run_as_nobody() -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    mailman = Recorder(root='admin@else.test, "|cmd"')
    calls, _ = expand("root@here.test", {}, mailman)
    assert calls == ["forward admin@else.test from s@x.test", f"command cmd as {nobody}"]
    assert expand("root@here.test", {})[0] == ["mailbox root from s@x.test"]


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


def test_nothing_runs_as_root_though_default_privs_be_root() -> None:
    calls, result = expand("x@here.test", {"x": '"|cmd"'}, default_privs="root")
    assert (calls, result.code) == ([], "4.3.5")


def test_commands_in_included_lists_are_refused_by_default() -> None:
    shelf = Shelf({"/list": Members('"|sh"', 0)})
    calls, result = expand("x@here.test", {"x": ":include:/list"}, shelf=shelf)
    assert (calls, result.code) == ([], "5.7.1")


def test_a_list_that_cannot_be_used_is_told_and_a_table_waited_for() -> None:
    assert expand("x@here.test", {"x": ":include:/does/not/exist"})[1].code == "5.3.5"
    one = expansion_of(("fail:reason",), Recorder())
    parts = asyncio.run(one.deliver(Copy(0, Recipient("alice@here.test"), "")))
    assert worst(parts).code == "4.3.0"


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
    parts = asyncio.run(expansion_of(aliases, second, done=frozenset(expansion.done)).deliver(copy))
    assert second.calls == ["mailbox bob from s@x.test", f"command cmd as {nobody}"]
    assert worst(parts) == SENT


def test_what_a_forward_file_did_is_not_done_again_and_what_it_left_is() -> None:
    copy = Copy(0, Recipient("alice@here.test"), "s@x.test")
    forward = '\\alice, far@else.test, "|cmd"'
    expansion = expansion_of((), Recorder(full=("cmd",), alice=forward))
    asyncio.run(expansion.deliver(copy))
    again = Recorder(alice=forward)
    asyncio.run(expansion_of((), again, done=frozenset(expansion.done)).deliver(copy))
    assert again.calls == ["command cmd as 1001"]


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
