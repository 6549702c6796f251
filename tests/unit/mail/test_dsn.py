"""What a delivery status notification calls an address."""

import pytest

from postroom.mail.dsn import original_recipient, typed
from postroom.mail.envelope import Recipient


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        (Recipient("a@b.example"), "rfc822;a@b.example"),
        (Recipient("a@b.example", "team@b.example"), "rfc822;team@b.example"),
        (Recipient("a@b.example", "a"), "rfc822;a@b.example"),
        (Recipient("a@b.example", "team@b.example", (), "x400;any/thing"), "x400;any/thing"),
    ],
)
def test_a_recipient_goes_by_the_name_the_sender_used(recipient: Recipient, name: str) -> None:
    assert original_recipient(recipient) == name


def test_an_address_has_the_type_its_letters_need() -> None:
    assert typed("john doe@b.example", " ") == 'rfc822; "john doe"@b.example'
    assert typed("jürgen@b.example") == "utf-8;jürgen@b.example"
