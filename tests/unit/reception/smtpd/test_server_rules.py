"""check_…_{a,mx,ns}_access: a name is judged by the servers it has."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, ask
from unit.reception.smtpd.scene import Scene

NAMES = {
    ("client.example", "MX"): ("mx.bad.example",),
    ("client.example", "NS"): ("ns.bad.example",),
    ("client.example", "A"): ("192.0.2.1",),
    ("mx.bad.example", "A"): ("192.0.2.25",),
    ("ns.bad.example", "AAAA"): ("2001:db8::53",),
}
REFUSED = "554 5.7.1 <{}>: {} rejected: Access denied"


def ask_of_sender(
    tmp_path: Path, restriction: str, table: dict[str, str], sender: str = "a@client.example"
) -> tuple[str, Scene]:
    """The reply where this restriction judges the sender."""
    return ask(
        tmp_path,
        "user@example.com",
        sender=sender,
        table=table,
        names=NAMES,
        smtpd_sender_restrictions=(restriction, ACCESS),
    )


@pytest.mark.parametrize(
    ("restriction", "entry"),
    [
        ("check_sender_mx_access", "mx.bad.example"),
        ("check_sender_mx_access", "bad.example"),
        ("check_sender_mx_access", "192.0.2.25"),
        ("check_sender_mx_access", "192.0.2"),
        ("check_sender_ns_access", "ns.bad.example"),
        ("check_sender_ns_access", "2001:db8::53"),
        ("check_sender_a_access", "192.0.2.1"),
    ],
)
def test_a_sender_is_refused_for_the_servers_of_its_domain(
    tmp_path: Path, restriction: str, entry: str
) -> None:
    reply, _ = ask_of_sender(tmp_path, restriction, {entry: "REJECT"})
    assert reply == REFUSED.format("a@client.example", "Sender address")


@pytest.mark.parametrize("record", ["a", "mx", "ns"])
@pytest.mark.parametrize("sender", ["", "a@[192.0.2.9]", "a@example", "a@unsure.example"])
def test_what_has_no_servers_is_not_refused(tmp_path: Path, record: str, sender: str) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        sender=sender,
        table={"bad.example": "REJECT"},
        names=NAMES,
        smtpd_sender_restrictions=(f"check_sender_{record}_access", ACCESS),
    )
    assert reply == "250 2.1.5 Ok"


def test_without_mx_the_host_itself_is_judged(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        helo="EHLO ns.bad.example",
        table={"2001:db8::53": "REJECT"},
        names=NAMES,
        smtpd_helo_restrictions=("check_helo_mx_access", ACCESS),
    )
    assert reply == REFUSED.format("ns.bad.example", "Helo command")


def test_name_servers_are_those_of_the_closest_domain_that_has_some(tmp_path: Path) -> None:
    reply, _ = ask_of_sender(
        tmp_path, "check_sender_ns_access", {"ns.bad.example": "REJECT"}, "a@deep.in.client.example"
    )
    assert reply.startswith("554 5.7.1 ")


def test_such_a_table_must_not_permit(tmp_path: Path) -> None:
    """Whoever owns a domain chooses its servers, and so would let himself in."""
    reply, scene = ask_of_sender(tmp_path, "check_sender_mx_access", {"bad.example": "OK"})
    assert reply == "451 4.3.5 Server configuration error"
    assert scene.log("check_sender_mx_access permits mx.bad.example")


def test_a_name_service_that_is_away_is_warned_about(tmp_path: Path) -> None:
    _, scene = ask(
        tmp_path,
        "user@example.com",
        sender="a@unsure.example",
        smtpd_sender_restrictions=("check_sender_mx_access", ACCESS),
    )
    assert scene.log("warning: Unable to look up MX record of unsure.example")
