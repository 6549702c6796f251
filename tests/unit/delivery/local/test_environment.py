"""What a user's command is told about the message."""

from postroom.delivery.local.copy import Copy
from postroom.delivery.local.environment import command_environment
from postroom.mail.envelope import Client, Envelope, Recipient
from unit.delivery.local.test_expansion import known, settings


def told(address: str, user: str = "alice", client: Client | None = None) -> dict[str, str]:
    recipient = Recipient(address)
    envelope = Envelope("s@x.test", (recipient,), 0.0, client=client)
    rules = settings(command_expansion_filter="ailstx.@")
    return command_environment(rules, envelope, Copy(0, recipient, "s@x.test"), known(user))


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


def test_nothing_a_shell_would_act_on_is_told() -> None:
    hostile = told("a@here.test", client=Client(name="$(id)", helo="`id`; x", address="192.0.2.1"))
    assert hostile["CLIENT_HELO"] == "_i____x"
    assert hostile["CLIENT_HOSTNAME"] == "__i__"
