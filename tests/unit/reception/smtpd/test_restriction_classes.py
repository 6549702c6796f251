"""Restrictions under a name of the admin's own (main.cf: smtpd_restriction_classes)."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, ask


@pytest.mark.parametrize(
    ("recipient", "reply"), [("user@example.com", "250 "), ("other@example.com", "554 5.7.1 ")]
)
def test_a_table_chooses_the_class(tmp_path: Path, recipient: str, reply: str) -> None:
    found, _ = ask(
        tmp_path,
        recipient,
        table={"user@example.com": "generous", "other@example.com": "strict"},
        smtpd_recipient_restrictions=("check_recipient_access", ACCESS),
        restriction_classes={"generous": ("permit",), "strict": ("reject",)},
    )
    assert found.startswith(reply)


def test_a_list_names_a_class_whose_silence_says_nothing(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        smtpd_client_restrictions=("mild", "reject"),
        restriction_classes={"mild": ("reject_invalid_helo_hostname",)},
    )
    assert reply.startswith("554 5.7.1 ")


def test_a_barrier_in_a_class_is_one(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "x@elsewhere.example",
        smtpd_relay_restrictions=("ours",),
        restriction_classes={"ours": ("permit_mynetworks", "reject_unauth_destination")},
    )
    assert reply == "554 5.7.1 <x@elsewhere.example>: Relay access denied"


def test_classes_that_name_each_other_are_a_configuration_error(tmp_path: Path) -> None:
    reply, scene = ask(
        tmp_path,
        "user@example.com",
        smtpd_client_restrictions=("one",),
        restriction_classes={"one": ("other",), "other": ("one",)},
    )
    assert reply == "451 4.3.5 Server configuration error"
    assert scene.log("refer to each other without end")
