"""Aliases and .forward files lead a message where they say, in bounded work, with right rights."""

import asyncio
import pwd
from collections.abc import Sequence
from pathlib import Path

import pytest

from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local import expansion as module
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.expansion import Expansion
from postroom.delivery.local.parts import Part, worst
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User, Users
from postroom.mail.envelope import Recipient
from postroom.tables import Maps
from postroom.tables.match_list import DomainList

SENT = Result("2.0.0", "ok")


def settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "alias_maps": (),
        "allow_mail_to_commands": ("alias", "forward"),
        "allow_mail_to_files": ("alias", "forward"),
        "command_expansion_filter": "abc",
        "command_time_limit": 10.0,
        "default_privs": "nobody",
        "deliver_lock_attempts": 1,
        "deliver_lock_delay": 0.1,
        "destination_concurrency_limit": 2,
        "enable_original_recipient": True,
        "export_environment": (),
        "forward_path": ("$home/.forward+${extension}", "$home/.forward"),
        "home_mailbox": "",
        "local_command_shell": "",
        "luser_relay": "",
        "mail_spool_directory": "/var/mail",
        "mailbox_command": "",
        "mailbox_delivery_lock": ("fcntl",),
        "mailbox_size_limit": 0,
        "max_idle": 1.0,
        "mydestination": ("here.test",),
        "myhostname": "mail.here.test",
        "myorigin": "here.test",
        "prepend_delivered_header": (),
        "process_limit": 0,
        "recipient_delimiter": "+",
        "soft_bounce": False,
        "stale_lock_time": 500.0,
        "syslog_name": "postfix",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


class Recorder:
    """A mailman that only notes down; ``forwards`` are .forward files by home directory."""

    def __init__(self, **forwards: str) -> None:
        self.calls: list[str] = []
        self.paths: list[str] = []
        self._forwards = forwards

    async def to_mailbox(self, copy: Copy, user: User, paths: Sequence[str] = ()) -> Part:
        self.paths += paths
        forward = self._forwards.get(user.name, "") if paths else ""
        if forward:
            return Part(copy, Result("2.0.0", "", forward))
        self.calls.append(f"mailbox {user.name} from {copy.sender}")
        return Part(copy, SENT)

    async def to_file(self, copy: Copy, path: str, identity: Identity) -> Part:
        self.calls.append(f"file {path} as {identity.uid}")
        return Part(copy, SENT)

    async def to_command(
        self, copy: Copy, command: str, identity: Identity, _: User | None
    ) -> Part:
        self.calls.append(f"command {command} as {identity.uid}")
        return Part(copy, SENT)

    async def forward(self, copy: Copy) -> Part:
        self.calls.append(f"forward {copy.recipient.address} from {copy.sender}")
        return Part(copy, SENT)


def known(name: str) -> User | None:
    uids = {"alice": 1001, "bob": 1002, "root": 0}
    uid = uids.get(name.lower())
    if uid is None:
        return None
    return User(name.lower(), f"/home/{name.lower()}", "/bin/sh", Identity(uid, uid))


def expansion_of(maps: Maps, mailman: Recorder, **changes: object) -> Expansion:
    domains = DomainList(("here.test",), parents=False)
    users = Users(known)
    return Expansion(settings(**changes), maps, domains, users, mailman)  # type: ignore[arg-type]


def expand(
    address: str, aliases: dict[str, str], mailman: Recorder | None = None, **changes: object
) -> tuple[list[str], Result]:
    mailman = mailman or Recorder()
    entries = ", ".join(f"{{ {key} = {value} }}" for key, value in aliases.items())
    maps = Maps((f"inline:{{ {entries} }}",)) if aliases else Maps(())
    one = expansion_of(maps, mailman, **changes)
    parts = asyncio.run(one.deliver(Copy(0, Recipient(address), "s@x.test")))
    return mailman.calls, worst(parts)


def test_a_user_gets_mail_in_the_mailbox() -> None:
    assert expand("alice@here.test", {})[0] == ["mailbox alice from s@x.test"]
    assert expand("Alice+x@here.test", {})[0] == ["mailbox alice from s@x.test"]


def test_an_unknown_user_is_refused_by_name() -> None:
    assert expand("eve@here.test", {}) == ([], Result("5.1.1", 'unknown user: "eve"'))


def test_an_alias_reaches_all_its_members_here_and_elsewhere() -> None:
    calls, _ = expand("team@here.test", {"team": "alice bob@here.test, carol@else.test"})
    assert (
        calls
        == [
            "mailbox alice from s@x.test",
            "forward carol@else.test from s@x.test",
        ]
        or "forward carol@else.test from s@x.test" in calls
    )


def test_an_alias_with_an_owner_answers_to_the_owner() -> None:
    aliases = {"team": "alice, carol@else.test", "owner-team": "bob"}
    calls, _ = expand("team@here.test", aliases)
    assert calls == [
        "mailbox alice from owner-team@here.test",
        "forward carol@else.test from owner-team@here.test",
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
    assert result.code == "5.1.1"


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
        "mailbox bob from s@x.test",
    ]


def test_a_forward_file_that_names_its_owner_is_no_loop() -> None:
    calls, _ = expand("alice@here.test", {}, Recorder(alice="alice, bob", bob="alice"))
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


def test_root_s_forward_file_is_obeyed_and_its_commands_run_as_nobody() -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    mailman = Recorder(root='admin@else.test, "|cmd"')
    calls, _ = expand("root@here.test", {}, mailman)
    assert calls == ["forward admin@else.test from s@x.test", f"command cmd as {nobody}"]
    assert expand("root@here.test", {})[0] == ["mailbox root from s@x.test"]


def test_include_lists_are_read_from_aliases_only(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("alice\n# nobody\nbob\n")
    include = f":include:{tmp_path}/list"
    assert len(expand("x@here.test", {"x": include})[0]) == 2
    calls, result = expand("alice@here.test", {}, Recorder(alice=include))
    assert (calls, result.code) == ([], "5.7.1")


def test_commands_in_included_lists_are_refused_by_default(tmp_path: Path) -> None:
    (tmp_path / "list").write_text('"|sh"\n')
    calls, result = expand("x@here.test", {"x": f":include:{tmp_path}/list"})
    assert (calls, result.code) == ([], "5.7.1")


def test_an_unreadable_list_or_table_defers() -> None:
    assert expand("x@here.test", {"x": ":include:/does/not/exist"})[1].code == "4.2.0"
    one = expansion_of(Maps(("fail:reason",)), Recorder())
    parts = asyncio.run(one.deliver(Copy(0, Recipient("alice@here.test"), "")))
    assert worst(parts).code == "4.3.0"


def test_luser_relay_catches_unknown_users() -> None:
    calls, _ = expand("eve@here.test", {}, luser_relay="$user@else.test")
    assert calls == ["forward eve@else.test from s@x.test"]
    assert expand("eve@here.test", {}, luser_relay="nobody-here")[1].code == "5.1.1"
