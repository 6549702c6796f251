"""Variable return paths: each recipient has a sender of his own (VERP_README)."""

import msgspec
import pytest

from postroom.mail.envelope import MAX_ADDRESS, Envelope, Recipient
from postroom.mail.verp import are_delimiters, personal, personal_sender

DECODE = msgspec.msgpack.Decoder(Envelope).decode
ONE = (Recipient("user@example.com"),)


@pytest.mark.parametrize(
    ("sender", "recipient", "expected"),
    [
        ("list@example.org", "user@example.com", "list+user=example.com@example.org"),
        ("list@example.org", "user+ext@example.com", "list+user+ext=example.com@example.org"),
        ("list@example.org", "a@b@example.com", "list+a@b=example.com@example.org"),
        ("a b@example.org", "c d@example.com", "a b+c d=example.com@example.org"),
        ("list@example.org", "user", "list+user@example.org"),
        ("list", "user@example.com", "list+user=example.com"),
    ],
)
def test_the_recipient_stands_in_his_sender(sender: str, recipient: str, expected: str) -> None:
    assert personal_sender(sender, Recipient(recipient), "+=") == expected


def test_the_recipient_is_called_what_the_list_calls_him() -> None:
    """Not what he was rewritten to, which the list does not know."""
    recipient = Recipient("new@example.net", "old@example.com")
    assert personal_sender("l@x.org", recipient, "-=") == "l-old=example.com@x.org"


def test_a_sender_that_would_be_too_long_to_be_one_stays_as_it_is() -> None:
    sender = f"{'l' * 500}@example.org"
    recipient = Recipient(f"{'u' * 600}@example.com")
    assert len(sender) + len(recipient.address) > MAX_ADDRESS
    assert personal_sender(sender, recipient, "+=") == sender


def test_a_copy_has_no_delimiters_left_to_be_used_again() -> None:
    copy = personal(Envelope("list@example.org", ONE, 1.0, verp="+="))
    assert copy == Envelope("list+user=example.com@example.org", ONE, 1.0)


@pytest.mark.parametrize("text", ["", "+", "+==", "ab", "+\n", "==="])
def test_delimiters_are_two_characters_of_those_allowed(text: str) -> None:
    assert are_delimiters("+=", "-=+")
    assert are_delimiters("==", "-=+")
    assert not are_delimiters(text, "-=+")


@pytest.mark.parametrize("verp", ["+", "+==", "+\n"])
def test_an_envelope_has_two_delimiters_or_none(verp: str) -> None:
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(Envelope("l@x.org", ONE, 1.0)))
    before = fields[: Envelope.__struct_fields__.index("verp")]
    assert DECODE(msgspec.msgpack.encode([*before, "+="])).verp == "+="
    with pytest.raises(msgspec.ValidationError):
        DECODE(msgspec.msgpack.encode([*before, verp]))
