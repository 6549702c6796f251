"""What postdrop says of an envelope that cannot be, in words for whoever wrote it."""

import os

import pytest

from postroom.contracts.postdrop import Request
from postroom.reception.submission import Refusal, make_drop


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        (b"b" * 2000, f"5.1.0 Bad envelope: address too long: {'b' * 60}..."),
        (b"m\xfcller@x.test", "5.5.2 characters that no address may have: 'm\\udcfcller@x.test'"),
        (b"m\x01@x.test", "5.5.2 characters that no address may have: 'm\\x01@x.test'"),
    ],
)
def test_an_address_that_none_can_be_is_named(field: bytes, complaint: str) -> None:
    head = b"To: a@x.test, " + field + b"\n\n"
    with pytest.raises(Refusal) as refused:
        make_drop(Request(extract=True), os.getuid(), head, 0.0)
    assert str(refused.value) == complaint
