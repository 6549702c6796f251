"""What a user's command is told about the message."""

from postroom.delivery.local.environment import command_environment
from postroom.delivery.local.users import User
from postroom.mail.envelope import Envelope, Recipient
from unit.delivery.local.test_expansion import known, settings


def told(address: str) -> dict[str, str]:
    user = known("alice")
    assert isinstance(user, User)
    recipient = Recipient(address)
    envelope = Envelope("s@x.test", (recipient,), 0.0)
    return command_environment(
        settings(command_expansion_filter="ilst"), envelope, "s@x.test", recipient, user
    )


def test_the_extension_is_told_without_its_delimiter() -> None:
    """local(8); procmail and maildrop recipes depend on it."""
    assert told("alice+list@here.test")["EXTENSION"] == "list"
    assert told("alice@here.test")["EXTENSION"] == ""
