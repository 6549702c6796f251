"""An address may lay out a route: who may send along it, and where it leads."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, ask

# What the mail exchanger of that domain makes of it, it may.
DUBIOUS = ("user%there.example@mailbox.example", "there.example!user@mailbox.example")


@pytest.mark.parametrize("recipient", [*DUBIOUS, '"user@there.example"@mailbox.example'])
@pytest.mark.parametrize("trusting", [True, False])
def test_a_stranger_may_lay_out_a_route_behind_us_where_main_cf_says_so(
    tmp_path: Path, recipient: str, trusting: bool
) -> None:
    got, _ = ask(
        tmp_path,
        recipient,
        allow_untrusted_routing=trusting,
        smtpd_reject_unlisted_recipient=False,
    )
    assert got.startswith("250 " if trusting else "554 5.7.1 ")


@pytest.mark.parametrize("trusting", [True, False])
@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("user%relay.example@example.com", "250 "),
        ("user%there.example@example.com", "554 5.7.1 "),
        ("user%there.example%relay.example@example.com", "554 5.7.1 "),
    ],
)
def test_a_route_that_ends_at_us_is_judged_by_where_it_leads(
    tmp_path: Path, recipient: str, trusting: bool, code: str
) -> None:
    if trusting and recipient.count("%") == 2:
        code = "250 "
    got, _ = ask(tmp_path, recipient, allow_untrusted_routing=trusting)
    assert got.startswith(code)


@pytest.mark.parametrize("recipient", DUBIOUS)
@pytest.mark.parametrize(
    ("entry", "trusting", "code"),
    [
        (("check_recipient_access", "OK"), False, "554"),
        (("check_recipient_access", "permit"), False, "554"),
        (("check_recipient_access", "450 later"), False, "450"),
        (("check_recipient_access", "OK"), True, "250"),
        (("check_sender_access", "OK"), False, "250"),
    ],
)
def test_a_table_permits_no_route_behind_us(
    tmp_path: Path, recipient: str, entry: tuple[str, str], trusting: bool, code: str
) -> None:
    restriction, action = entry
    got, _ = ask(
        tmp_path,
        recipient,
        table={"mailbox.example": action, "client.example": action},
        allow_untrusted_routing=trusting,
        smtpd_recipient_restrictions=(restriction, ACCESS, "reject"),
        smtpd_relay_restrictions=(),
        smtpd_reject_unlisted_recipient=False,
    )
    assert got.startswith(code)


@pytest.mark.parametrize(
    ("key", "code"),
    [("user@there.example", "250"), ("there.example", "250"), ("example.com", "554")],
)
@pytest.mark.parametrize("whose", ["sender", "recipient"])
def test_a_table_is_asked_for_where_an_address_leads(
    tmp_path: Path, whose: str, key: str, code: str
) -> None:
    routed = "user%there.example@example.com"
    got, _ = ask(
        tmp_path,
        routed if whose == "recipient" else "user@example.com",
        sender=routed if whose == "sender" else "a@client.example",
        table={key: "OK"},
        smtpd_recipient_restrictions=(f"check_{whose}_access", ACCESS, "reject"),
        smtpd_relay_restrictions=(),
    )
    assert got.startswith(code)
