"""What a user's command is told about the message."""

from typing import Any

from postroom.delivery.local.copy import Copy
from postroom.delivery.local.environment import command_environment
from postroom.mail.envelope import Client, Envelope, Recipient, Upstream
from unit.delivery.local.household import known, settings


def told(
    address: str,
    user: str = "alice",
    client: Client | None = None,
    sender: str = "s@x.test",
    **more: Any,
) -> dict[str, str]:
    recipient = Recipient(address)
    envelope = Envelope(sender, (recipient,), 0.0, client=client, **more)
    rules = settings(command_expansion_filter="ailstx.@")
    return command_environment(rules, envelope, Copy(0, recipient, sender), known(user))


def test_the_extension_is_told_without_its_delimiter() -> None:
    """local(8); procmail and maildrop recipes depend on it."""
    assert told("alice+list@here.test")["EXTENSION"] == "list"
    assert "EXTENSION" not in told("alice@here.test")


def test_a_user_s_command_knows_its_home_and_an_alias_s_has_none() -> None:
    mine = told("alice@here.test")
    assert (mine["HOME"], mine["LOGNAME"], mine["SHELL"]) == ("/home/alice", "alice", "/bin/sh")
    nobodys = told("list@here.test", user="nobody at all")
    assert nobodys["LOGNAME"] == "list"
    assert not nobodys.keys() & {"HOME", "SHELL"}


def test_a_name_is_told_in_lower_case_however_it_was_written() -> None:
    """A command keeps files by it; the address is told as it came."""
    names = ("LOCAL", "LOGNAME", "USER", "EXTENSION", "RECIPIENT")
    nobodys = told("LIST+At@its.test", user="nobody at all")
    assert [nobodys[name] for name in names] == [
        "list_at",
        "list",
        "list",
        "at",
        "______t@its.t_st",
    ]


def test_that_nobody_wants_an_answer_is_told() -> None:
    """A script that answers looks whether SENDER is empty: no bounce may be answered."""
    assert told("alice@here.test", sender="")["SENDER"] == ""


def test_of_a_client_with_mail_from_another_that_one_is_told_about() -> None:
    other = Upstream("x.a[192.0.2.9]", "x.a", "192.0.2.9", 99, "a", "x")
    mine = told("alice@here.test", client=Client("its", "1", 2, "s"), forwarded=other)
    names = ("CLIENT_HOSTNAME", "CLIENT_ADDRESS", "CLIENT_HELO", "CLIENT_PROTOCOL")
    assert [mine[name] for name in names] == ["x.a", "___._._._", "a", "x"]


def test_nothing_a_shell_would_act_on_is_told() -> None:
    hostile = told("a@here.test", client=Client(name="$(id)", helo="`id`; x", address="192.0.2.1"))
    assert hostile["CLIENT_HELO"] == "_i____x"
    assert hostile["CLIENT_HOSTNAME"] == "__i__"
