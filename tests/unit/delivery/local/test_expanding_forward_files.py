"""A .forward file leads where it says, with its user's rights, and no loop comes of it."""

import asyncio
import pwd

import pytest

from postroom.delivery.local.copy import Copy
from postroom.mail.envelope import Recipient
from unit.delivery.local.household import Recorder, expand, expansion_of


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


@pytest.mark.parametrize("extension", ["../../etc/passwd", "a/b", "/"])
def test_no_extension_chooses_among_files(extension: str) -> None:
    """RCPT TO:<"alice+../bob/x"@here.test> is the attack."""
    mailman = Recorder()
    path = "/f/$local/${extension?{$extension}:{none}}"
    expand(
        f"alice+{extension}@here.test", {f"alice+{extension}": "bob"}, mailman, forward_path=(path,)
    )
    assert mailman.paths == ["/f/alice/none"]
    assert mailman.calls == [
        f"warn address with illegal extension: alice+{extension}",
        "mailbox alice from s@x.test",
    ]


def test_an_extension_may_be_parted_by_a_slash() -> None:
    mailman = Recorder()
    expand("alice/x@here.test", {}, mailman, recipient_delimiter="/", forward_path=("/$extension",))
    assert mailman.paths == ["/x"]


def test_an_extension_s_file_is_found_in_lower_case() -> None:
    mailman = Recorder()
    expand("ALICE+Ab@here.test", {}, mailman)
    assert mailman.paths == ["/home/alice/.forward+ab", "/home/alice/.forward"]


@pytest.mark.parametrize(
    ("path", "bare", "extended"),
    [
        ("/f/$extension", [], ["/f/x"]),
        ("/f/${extension?{$extension}:{none}}", ["/f/none"], ["/f/x"]),
        ("/f/${extension:{none}}", ["/f/none"], ["/f/"]),
        ("/f${extension?/$extension}", ["/f"], ["/f/x"]),
        ("$home/$shell$user-$local-$domain", *[["/home/alice//bin/shalice-alice{}-here.test"]] * 2),
        ("/f/$unknown", [], []),
        ("forward/$user", [], []),
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


def test_root_s_forward_file_is_obeyed_and_its_commands_run_as_nobody() -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    mailman = Recorder(root='admin@else.test, "|cmd"')
    calls, _ = expand("root@here.test", {}, mailman)
    assert calls == ["forward admin@else.test from s@x.test", f"command cmd as {nobody}"]
    assert expand("root@here.test", {})[0] == ["mailbox root from s@x.test"]


def test_what_a_forward_file_did_is_not_done_again_and_what_it_left_is() -> None:
    copy = Copy(0, Recipient("alice@here.test"), "s@x.test")
    forward = '\\alice, far@else.test, "|cmd"'
    expansion = expansion_of((), Recorder(full=("cmd",), alice=forward))
    asyncio.run(expansion.deliver(copy))
    again = Recorder(alice=forward)
    asyncio.run(expansion_of((), again, done=expansion.done).deliver(copy))
    assert again.calls == ["command cmd as 1001"]
