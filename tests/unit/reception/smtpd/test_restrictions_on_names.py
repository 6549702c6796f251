"""What a client calls itself and whom it sends for: names, and what the name service has."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, ask, fits


@pytest.mark.parametrize(
    ("helo", "restriction", "reply"),
    [
        ("a_b", "reject_invalid_helo_hostname", "250 "),
        ("a..b", "reject_invalid_helo_hostname", "501 5.5.2 … Invalid name"),
        ("[127.0.0.1]", "reject_invalid_helo_hostname", "250 "),
        ("[127.0.0]", "reject_invalid_helo_hostname", "501 5.5.2 "),
        ("[IPv6:::1]", "reject_invalid_helo_hostname", "250 "),
        ("host", "reject_non_fqdn_helo_hostname", "504 5.5.2 … need fully-qualified hostname"),
        ("192.0.2.1", "reject_non_fqdn_helo_hostname", "504 5.5.2 "),
        ("host.example", "reject_non_fqdn_helo_hostname", "250 "),
        ("known.example", "reject_unknown_helo_hostname", "250 "),
        ("unknown.example", "reject_unknown_helo_hostname", "450 4.7.1 … Host not found"),
    ],
)  # fmt: skip
def test_what_a_client_calls_itself_is_judged_by_form_and_by_dns(
    tmp_path: Path, helo: str, restriction: str, reply: str
) -> None:
    got, _ = ask(
        tmp_path,
        "user@example.com",
        helo=f"EHLO {helo}",
        names={("known.example", "MX"): ("mx.example",)},
        smtpd_helo_restrictions=(restriction,),
    )
    assert fits(got, reply)


@pytest.mark.parametrize(
    ("sender", "restriction", "reply"),
    [
        ("", "reject_non_fqdn_sender", "250 "),
        ("a", "reject_non_fqdn_sender", "504 5.5.2 … need fully-qualified address"),
        ("a@host", "reject_non_fqdn_sender", "504 5.5.2 "),
        ("a@[192.0.2.1]", "reject_non_fqdn_sender", "250 "),
        ("a@known.example", "reject_unknown_sender_domain", "250 "),
        ("a@example.com", "reject_unknown_sender_domain", "250 "),
        ("a@gone.example", "reject_unknown_sender_domain", "450 4.1.8 … Domain not found"),
        ("a@unsure.example", "reject_unknown_sender_domain", "450 4.1.8 "),
        ("a@null.example", "reject_unknown_sender_domain", "550 5.7.27 … (nullMX)"),
        ("", "reject_unknown_sender_domain", "250 "),
        ("nobody@example.com", "reject_unlisted_sender", "550 5.1.0 … in local recipient table"),
    ],
)  # fmt: skip
def test_senders_are_judged_by_their_form_and_by_what_their_domain_has(
    tmp_path: Path, sender: str, restriction: str, reply: str
) -> None:
    got, _ = ask(
        tmp_path,
        "user@example.com",
        sender=sender,
        names={("known.example", "A"): ("192.0.2.1",), ("null.example", "MX"): ("",)},
        smtpd_sender_restrictions=(restriction,),
    )
    assert fits(got, reply)


@pytest.mark.parametrize(
    ("action", "next_one", "code"),
    [
        ("defer_if_permit", "permit", "450"),
        ("defer_if_permit", "reject", "554"),
        ("defer", "permit", "450"),
        ("defer", "reject", "450"),
    ],
)
@pytest.mark.parametrize("what", ["address", "helo_hostname"])
def test_what_becomes_of_mail_while_a_name_cannot_be_looked_up(
    tmp_path: Path, what: str, action: str, next_one: str, code: str
) -> None:
    restriction = "sender_domain" if what == "address" else "helo_hostname"
    got, _ = ask(
        tmp_path,
        "user@example.com",
        sender="a@unsure.example",
        helo="EHLO unsure.example",
        smtpd_recipient_restrictions=(f"reject_unknown_{restriction}", next_one),
        **{f"unknown_{what}_tempfail_action": action},
    )
    assert got.startswith(code)


_MX = "known.example. 60 IN MX 0 mx.known.example."
_A = "known.example. 60 IN A"
MANY = {
    ("known.example", "MX"): ("mx.known.example",),
    ("known.example", "A"): ("192.0.2.1", "192.0.2.2"),
}


@pytest.mark.parametrize(
    ("table", "code", "said"),
    [
        ({}, "250", ""),
        ({_MX: "IGNORE"}, "250", ""),
        (
            {_MX: "IGNORE", f"{_A} 192.0.2.1": "ignore", f"{_A} 192.0.2.2": "ignore"},
            "250",
            "known.example: MX or address lookup error: DNS reply filter drops all results",
        ),
        ({_MX: "foo"}, "450", 'smtpd_dns_reply_filter: unknown DNS filter action: "foo"'),
        ({f"{_A} 192.0.2.1": "ignore"}, "250", ""),
        (None, "450", "no such table"),
    ],
)
def test_records_of_the_name_service_can_be_ignored(
    tmp_path: Path, table: dict[str, str] | None, code: str, said: str
) -> None:
    got, scene = ask(
        tmp_path,
        "user@example.com",
        sender="a@known.example",
        table=table,
        names=MANY,
        smtpd_sender_restrictions=("reject_unknown_sender_domain",),
        smtpd_dns_reply_filter=(ACCESS if table is not None else "hash:/none",),
    )
    assert got.startswith(code)
    assert bool(scene.log("warning: ")) == bool(said)
    assert scene.log(said)
