"""Who may send what to whom, and what is answered: Postfix's verdicts in Postfix's words."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import FRIEND, STRANGER, ask, fits
from unit.reception.smtpd.scene import Scene, play


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [
        ("user@example.com", "250 2.1.5 Ok"),
        ("USER@EXAMPLE.COM", "250 2.1.5 Ok"),
        ("postmaster", "250 2.1.5 Ok"),
        ("postmaster@example.com", "250 2.1.5 Ok"),
        (
            "nobody@example.com",
            "550 5.1.1 <nobody@example.com>: Recipient address rejected: "
            "User unknown in local recipient table",
        ),
        ("x@elsewhere.example", "554 5.7.1 <x@elsewhere.example>: Relay access denied"),
        ("x%elsewhere.example@example.com", "Relay access denied"),
        ("elsewhere.example!x@example.com", "Relay access denied"),
        ('"x@elsewhere.example"@example.com', "Relay access denied"),
        ("anybody@relay.example", "250 2.1.5 Ok"),
        (
            "nobody@alias.example",
            "550 5.1.1 <nobody@alias.example>: Recipient address rejected: "
            "User unknown in virtual alias table",
        ),
        ("anybody@mailbox.example", "250 2.1.5 Ok"),
    ],
)
def test_strangers_reach_our_own_users_only(tmp_path: Path, recipient: str, reply: str) -> None:
    assert ask(tmp_path, recipient)[0].endswith(reply)


def test_a_refusal_is_logged_in_one_line(tmp_path: Path) -> None:
    _, scene = ask(tmp_path, "x@elsewhere.example")
    assert scene.log("NOQUEUE") == [
        "NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 554 5.7.1 <x@elsewhere.example>: "
        "Relay access denied; from=<a@client.example> to=<x@elsewhere.example> proto=ESMTP "
        "helo=<client.example>"
    ]
    record = next(one for one in scene.journal.records if "reject" in one["MESSAGE"])
    assert record["SENDER"] == "a@client.example"
    assert record["RECIPIENT"] == "x@elsewhere.example"


def test_friends_reach_everybody_but_users_who_are_not_there(tmp_path: Path) -> None:
    assert ask(tmp_path, "x@elsewhere.example", **FRIEND)[0] == "250 2.1.5 Ok"
    (tmp_path / "again").mkdir()
    assert ask(tmp_path / "again", "nobody@example.com", **FRIEND)[0].startswith("550 5.1.1 ")


def test_the_default_defers_strangers_who_want_to_relay(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "x@elsewhere.example",
        smtpd_relay_restrictions=(
            "permit_mynetworks",
            "permit_sasl_authenticated",
            "defer_unauth_destination",
        ),
    )
    assert reply == "454 4.7.1 <x@elsewhere.example>: Relay access denied"


@pytest.mark.parametrize("peer", ["rewrite", "proxymap"])
def test_nothing_is_let_through_because_a_question_failed(tmp_path: Path, peer: str) -> None:
    async def story(scene: Scene) -> None:
        scene.world.down.add(peer)
        client = await scene.client()
        assert (await client.mail("user@example.com"))[1] == (
            "451 4.3.0 <user@example.com>: Temporary lookup failure"
        )
        await client.quit()

    scene = play(tmp_path, story, **STRANGER)
    assert scene.log("warning: ")


@pytest.mark.parametrize("words", [(), ("permit_mynetworks",), ("warn_if_reject", "reject")])
def test_without_a_barrier_nobody_relays(tmp_path: Path, words: tuple[str, ...]) -> None:
    """An empty list must not make an open relay."""
    reply, scene = ask(tmp_path, "user@example.com", smtpd_relay_restrictions=words)
    assert reply == "451 4.3.5 Server configuration error"
    assert scene.log("specify at least one working instance of: reject_unauth_destination")


def test_a_restriction_nobody_knows_is_a_configuration_error(tmp_path: Path) -> None:
    reply, scene = ask(
        tmp_path, "user@example.com", smtpd_recipient_restrictions=("reject_everything",)
    )
    assert reply == "451 4.3.5 Server configuration error"
    assert scene.log('warning: unknown smtpd restriction: "reject_everything"')


@pytest.mark.parametrize(
    ("parameter", "words", "reply"),
    [
        ("client", ("reject",), "554 5.7.1 … Access denied"),
        ("helo", ("reject",), "554 5.7.1 <client.example>: Helo command rejected: Access denied"),
        ("sender", ("reject",), "554 5.7.1 … Access denied"),
        ("recipient", ("defer",), "450 4.3.2 … Try again later"),
        ("client", ("permit", "reject"), "250 2.1.5 Ok"),
        ("client", ("permit_mynetworks", "reject"), "554 5.7.1 "),
        ("client", ("warn_if_reject", "reject"), "250 2.1.5 Ok"),
        ("client", ("permit_inet_interfaces", "reject"), "250 2.1.5 Ok"),
        ("client", ("permit_sasl_authenticated", "reject"), "554 5.7.1 "),
        ("recipient", ("permit_auth_destination", "reject"), "250 2.1.5 Ok"),
        ("recipient", ("defer_if_permit",), "450 4.7.0 "),
        ("recipient", ("defer_if_reject", "reject"), "450 4.7.0 "),
        ("recipient", ("defer_if_reject",), "250 2.1.5 Ok"),
    ],
)  # fmt: skip
def test_the_first_restriction_of_a_list_that_decides_is_the_verdict(
    tmp_path: Path, parameter: str, words: tuple[str, ...], reply: str
) -> None:
    settings: dict[str, object] = {f"smtpd_{parameter}_restrictions": words}
    assert fits(ask(tmp_path, "user@example.com", **settings)[0], reply)


def test_a_permit_in_one_list_is_no_permit_in_the_next(tmp_path: Path) -> None:
    reply, _ = ask(tmp_path, "x@elsewhere.example", smtpd_client_restrictions=("permit",))
    assert reply.endswith("Relay access denied")


def test_what_is_only_warned_about_is_logged(tmp_path: Path) -> None:
    _, scene = ask(
        tmp_path, "user@example.com", smtpd_sender_restrictions=("warn_if_reject", "reject")
    )
    assert scene.log("NOQUEUE: reject_warning: RCPT from localhost[127.0.0.1]: 554 5.7.1 ")


@pytest.mark.parametrize(
    ("domain", "code"),
    [("relay.example", "450 4.1.2 "), ("mailbox.example", "250 "), ("alias.example", "250 ")],
)
def test_only_a_domain_where_mail_ends_needs_no_servers(
    tmp_path: Path, domain: str, code: str
) -> None:
    """One that we are a relay for has to exist as any other (postconf(5))."""
    got, _ = ask(
        tmp_path,
        f"user@{domain}",
        smtpd_recipient_restrictions=("reject_unknown_recipient_domain", "permit"),
        smtpd_reject_unlisted_recipient=False,
    )
    assert got.startswith(code)


@pytest.mark.parametrize(
    ("code", "names", "reply"),
    [
        (
            {"unknown_local_recipient_reject_code": 450},
            {"recipient": "nobody@example.com", "sender": "a@example.com"},
            "450 4.1.1 … User unknown in local recipient table",
        ),
        (
            {"unknown_hostname_reject_code": 550},
            {"helo": "EHLO unknown.example", "sender": "a@example.com"},
            "550 5.7.1 … Host not found",
        ),
        (
            {"unknown_address_reject_code": 550},
            {"sender": "a@gone.example"},
            "550 5.1.8 … Domain not found",
        ),
        (
            {"unknown_client_reject_code": 550, "smtpd_peername_lookup": False},
            {"sender": "a@example.com"},
            "550 5.7.25 Client host rejected: cannot find your hostname, [127.0.0.1]",
        ),
        (
            {"unknown_client_reject_code": 450, "smtpd_peername_lookup": False},
            {"sender": "a@example.com"},
            "450 4.7.25 Client host rejected: cannot find your hostname, [127.0.0.1]",
        ),
    ],
)
def test_whether_a_stranger_may_try_again_is_main_cf_s_to_say(
    tmp_path: Path, code: dict[str, object], names: dict[str, str], reply: str
) -> None:
    """unknown_…_reject_code; the status code is of the same class."""
    got, _ = ask(
        tmp_path,
        **{"recipient": "user@example.com", **names},
        **code,
        smtpd_client_restrictions=("reject_unknown_client_hostname",)
        if "unknown_client_reject_code" in code
        else (),
        smtpd_helo_restrictions=("reject_unknown_helo_hostname",) if "helo" in names else (),
        smtpd_sender_restrictions=("reject_unknown_sender_domain",),
    )
    assert fits(got, reply)
