"""The attributes of a pipe(8) line mean what Postfix's manual says, or are refused by name."""

import pytest

from postroom.config.pipe_command import BadCommand, parse_pipe_command


def test_all_attributes_are_read() -> None:
    command = parse_pipe_command(
        [
            *(
                "flags=DRhu",
                "user=vmail:mail",
                "chroot=/jail",
                "directory=/srv",
                r"eol=\r\n\001",
                "size=1000",
            ),
            *("null_sender=", "argv=/usr/lib/dovecot/deliver", "-d", "$recipient", "user=x"),
        ]
    )
    assert (command.user, command.group) == ("vmail", "mail")
    assert (command.chroot, command.directory) == ("/jail", "/srv")
    assert command.flags == frozenset("DRhu")
    assert command.line_end == b"\r\n\x01"
    assert (command.null_sender, command.size_limit) == ("", 1000)
    assert command.argv == ("/usr/lib/dovecot/deliver", "-d", "$recipient", "user=x")


@pytest.mark.parametrize("words", [("argv=/bin/x", "", "a", ""), ("argv=", "/bin/x", "", "a", "")])
def test_an_empty_argument_is_one(words: tuple[str, ...]) -> None:
    """In master.cf it is {}; the command may stand behind a blank."""
    assert parse_pipe_command(["user=alice", *words]).argv == ("/bin/x", "", "a", "")


def test_what_is_not_written_has_the_manual_s_default() -> None:
    command = parse_pipe_command(["user=alice", "argv=/bin/cat"])
    assert (command.chroot, command.directory) == ("", "/")
    assert (command.line_end, command.null_sender, command.size_limit) == (
        b"\n",
        "MAILER-DAEMON",
        0,
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["argv=/bin/cat"], "missing user="),
        (["user=alice"], "missing argv="),
        (["user=alice", "argv="], "missing argv="),
        (["user=alice", "chroot=srv", "argv=/bin/cat"], "chroot=srv is no absolute path"),
        (["user=alice", "flags=DZ", "argv=/bin/cat"], "unknown flag: Z"),
        (["user=alice", "size=many", "argv=/bin/cat"], "size=many"),
        (["user=alice", "directory=here", "argv=/bin/cat"], "absolute"),
        (["user=alice", "colour=red", "argv=/bin/cat"], "colour=red"),
        (["user=alice", "argv=/bin/cat", "${sendr}"], "sendr"),
        (["user=alice", "argv=/bin/cat", "a$"], "empty macro name"),
        (["user=alice", "argv=/bin/cat", "${sender"], "truncated"),
    ],
)
def test_what_cannot_be_is_refused_by_name(words: list[str], reason: str) -> None:
    with pytest.raises(BadCommand, match=reason):
        parse_pipe_command(words)
