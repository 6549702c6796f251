"""Who may send what to whom, and what is answered: Postfix's verdicts in Postfix's words."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, FRIEND, STRANGER, ask, fits
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
        (("check_recipient_access", "450"), False, "450"),
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


FOR_CLIENT = "for Client host=localhost[127.0.0.1]"


class _Everything(dict[str, str]):
    """A table with the same for every key."""

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]
        return "all"


@pytest.mark.parametrize(
    ("actions", "words", "said"),
    [
        (("static:all",), ("permit_mynetworks",), [f"permit_mynetworks {FOR_CLIENT} "]),
        (("permit",), ("permit_mynetworks",), []),
        (("Permit_mynetworks",), ("permit_mynetworks",), [f"permit_mynetworks {FOR_CLIENT} "]),
        (("permit",), ("permit",), ["permit for Recipient address=user@example.com "]),
        (("permit",), ("defer_if_permit", "permit"), ["permit for Recipient address=user@exam"]),
        (
            ("static:all",),
            ("permit_auth_destination",),
            ["permit_auth_destination for Recipient address=user@example.com "],
        ),
        (("static:all",), ("class",), [f"permit_inet_interfaces {FOR_CLIENT} "]),
        (
            ("static:all",),
            ("check_sender_access", "hash:/access"),
            [f"OK for Sender address=a@client.example from {ACCESS}"],
        ),
        (("relay",), ("check_sender_access", ACCESS), []),
        (
            ("relay",),
            ("check_helo_access", ACCESS),
            [f"RELAY for Helo command=client.example from {ACCESS}"],
        ),
        (
            ("static:all",),
            ("check_recipient_access", ACCESS),
            ["permit for Recipient address=user@example.com "],
        ),
        (("static:all",), ("check_client_access", ACCESS), []),
        ((), ("permit",), []),
    ],
)
def test_what_permits_something_is_logged_where_main_cf_says_so(
    tmp_path: Path, actions: tuple[str, ...], words: tuple[str, ...], said: list[str]
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = {
            "a@client.example": "OK",
            "client.example": "RELAY",
            "user@example.com": "permit",
            "localhost": "DISCARD",
        }
        scene.world.tables["static:all"] = _Everything()
        client = await scene.client()
        await client.mail("user@example.com")
        await client.message()
        await client.quit()

    settings = {
        "smtpd_log_access_permit_actions": actions,
        "smtpd_recipient_restrictions": words,
        "restriction_classes": {"class": ("permit_inet_interfaces",)},
    }
    scene = play(tmp_path, story, **(STRANGER | {"mynetworks": ("127.0.0.0/8",)} | settings))
    logged = scene.log(": permit: RCPT from localhost[127.0.0.1]: action=")
    if "mynetworks" in str(actions).lower() or "static" in str(actions):
        first = logged.pop(0)  # of smtpd_relay_restrictions
        assert f"=permit_mynetworks {FOR_CLIENT} ; from=<a@client.example> to=<user@" in first
    assert len(logged) == len(said)
    assert all(f"action={one}" in line for one, line in zip(said, logged, strict=True))
    assert not [line for line in scene.log(": permit: ") if ": permit: RCPT " not in line]


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [
        ("u@moved.example", "550 5.1.6 <u@moved.example>: …: User has moved to new.example"),
        ("u@closed.example", "550 5.1.1 <u@closed.example>: … rejected: no such office"),
        ("u@later.example", "450 4.2.1 <u@later.example>: … rejected: moving house"),
        ("alias@moved.example", "250 "),
    ],
)
def test_what_would_be_returned_is_not_taken(tmp_path: Path, recipient: str, reply: str) -> None:
    got, _ = ask(
        tmp_path,
        recipient,
        table={"alias@moved.example": "x"},
        mynetworks=("0.0.0.0/0", "[::]/0"),
        virtual_alias_maps=(ACCESS,),
    )
    assert fits(got, reply)


@pytest.mark.parametrize(
    ("options", "reply"), [((), "550 5.1.1 "), (("no_unknown_recipient_checks",), "250 ")]
)
def test_behind_a_content_filter_everybody_exists(
    tmp_path: Path, options: tuple[str, ...], reply: str
) -> None:
    got, _ = ask(tmp_path, "nobody@example.com", receive_override_options=options)
    assert fits(got, reply)


def test_a_recipient_is_looked_up_once_a_second(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail(*["user@example.com"] * 20)
        await client.quit()
        lookups = [one for one in scene.world.asked if type(one).__name__ in ("Lookup", "Resolve")]
        assert len(lookups) <= 8

    play(tmp_path, story)


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
    recipient = names.pop("recipient", "user@example.com")
    got, _ = ask(
        tmp_path,
        recipient,
        **names,
        **code,
        smtpd_client_restrictions=("reject_unknown_client_hostname",)
        if "unknown_client_reject_code" in code
        else (),
        smtpd_helo_restrictions=("reject_unknown_helo_hostname",) if "helo" in names else (),
        smtpd_sender_restrictions=("reject_unknown_sender_domain",),
    )
    assert fits(got, reply)


@pytest.mark.parametrize(
    ("recipient", "listed", "reply"),
    [
        ("known@relay.example", (ACCESS,), "250 2.1.5 Ok"),
        ("other@relay.example", (ACCESS,), "550 5.1.1 … User unknown in relay recipient table"),
        ("other@relay.example", (), "250 2.1.5 Ok"),
        ("other@relay.example", ("hash:/away",), "451 4.3.0 "),
    ],
)
def test_whom_another_host_does_not_know_is_refused_where_its_users_are_listed(
    tmp_path: Path, recipient: str, listed: tuple[str, ...], reply: str
) -> None:
    """relay_recipient_maps; without them everybody may exist."""
    table = {"known@relay.example": "x"}
    got, _ = ask(tmp_path, recipient, table=table, relay_recipient_maps=listed)
    assert fits(got, reply)
