"""Where we have an account we authenticate, or send nothing (SASL_README)."""

import base64
import hmac
from pathlib import Path
from typing import Any

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, Peer, Session, server_context

SENT = "2.0.0 sent (250 2.0.0 Ok: queued as ABC)"
ACCOUNT = {"sasl_auth_enable": True, "sasl_password_maps": ("static:ann:secret",)}
IN_CLEAR = {**ACCOUNT, "sasl_security_options": ("noanonymous",)}
HOST = "127.0.0.1[127.0.0.1]"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _delivered(peer: Peer, more: Any, **envelope: Any) -> tuple[str, Session]:
    found: list[tuple[str, Session]] = []

    async def story() -> None:
        (status,) = await sent(Field(rules(**more)), peer, **envelope)
        found.append((status, peer.sessions[-1]))

    play(story)
    return found[0]


@pytest.mark.parametrize(
    ("offer", "replies", "dialogue"),
    [
        (
            "AUTH PLAIN LOGIN",
            {"AUTH": "235 2.7.0 ok"},
            [f"AUTH PLAIN {_encoded(chr(0) + 'ann' + chr(0) + 'secret')}"],
        ),
        (
            "AUTH=LOGIN",
            {
                "AUTH": f"334 {_encoded('Username:')}",
                _encoded("ann"): f"334 {_encoded('Password:')}",
                _encoded("secret"): "235 2.7.0 ok",
            },
            ["AUTH LOGIN", _encoded("ann"), _encoded("secret")],
        ),
        (
            "AUTH LOGIN PLAIN CRAM-MD5",
            {"AUTH": f"334 {_encoded('<1.2@mx>')}", "YW5uI": "235 2.7.0 ok"},
            [
                "AUTH CRAM-MD5",
                _encoded("ann " + hmac.new(b"secret", b"<1.2@mx>", "md5").hexdigest()),
            ],
        ),
        (
            "AUTH XOAUTH2",
            {"AUTH": "235 2.7.0 ok"},
            [f"AUTH XOAUTH2 {_encoded('user=ann' + chr(1) + 'auth=Bearer secret' + 2 * chr(1))}"],
        ),
    ],
)
def test_each_mechanism_says_what_its_standard_wants(
    offer: str, replies: dict[str, str], dialogue: list[str]
) -> None:
    status, session = _delivered(Peer(extensions=(offer,), replies=replies), IN_CLEAR)
    assert status == SENT
    assert session.commands[: len(dialogue) + 2] == [
        "EHLO me.example",
        *dialogue,
        "MAIL FROM:<a@x.example>",
    ]


def test_a_token_that_is_refused_is_answered_so_that_the_server_can_say_so() -> None:
    refusal = "535 5.7.8 expired"
    peer = Peer(
        extensions=("AUTH XOAUTH2",),
        replies={"AUTH": f"334 {_encoded('{}')}", "MAIL": "250", "": refusal},
    )
    peer.replies = {"EHLO": "250-mx\r\n250 AUTH XOAUTH2", **peer.replies}
    status, session = _delivered(peer, IN_CLEAR)
    assert status == (f"4.7.8 deferred (SASL authentication failed; server {HOST} said: {refusal})")
    assert session.commands[2] == ""


@pytest.mark.parametrize(
    ("options", "offer", "expected"),
    [
        (("noplaintext",), "AUTH PLAIN LOGIN", "no mechanism available"),
        (("nodictionary",), "AUTH PLAIN CRAM-MD5", "no mechanism available"),
        ((), "AUTH GSSAPI NTLM", "no mechanism available"),
    ],
)
def test_a_mechanism_that_the_options_forbid_is_not_used(
    options: tuple[str, ...], offer: str, expected: str
) -> None:
    more = {**ACCOUNT, "sasl_security_options": options}
    status, session = _delivered(Peer(extensions=(offer,)), more)
    assert status == (
        f"4.7.0 deferred (SASL authentication failed; cannot authenticate to server {HOST}: "
        f"{expected})"
    )
    assert not any(command.startswith(("AUTH", "MAIL")) for command in session.commands)


def test_the_filter_decides_what_a_server_is_heard_to_offer() -> None:
    peer = Peer(extensions=("AUTH CRAM-MD5 PLAIN",), replies={"AUTH": "235 ok"})
    more = {**IN_CLEAR, "sasl_mechanism_filter": ("!CRAM-MD5", "static:all")}
    status, session = _delivered(peer, more)
    assert status == SENT
    assert session.commands[1].startswith("AUTH PLAIN ")
    status, _ = _delivered(peer, {**IN_CLEAR, "sasl_mechanism_filter": ("gssapi",)})
    assert status == (
        f"4.7.0 deferred (SASL authentication failed: server {HOST} offered no compatible "
        "authentication mechanisms for this type of connection security)"
    )


@pytest.mark.parametrize(
    ("reply", "soft", "expected"),
    [
        ("535 5.7.8 no", True, "4.7.8 deferred"),
        ("535 5.7.8 no", False, "5.7.8 bounced"),
        ("454 4.7.0 later", False, "4.7.0 deferred"),
    ],
)
def test_a_refusal_is_told_with_the_servers_words(reply: str, soft: bool, expected: str) -> None:
    peer = Peer(extensions=("AUTH PLAIN",), replies={"AUTH": reply})
    status, session = _delivered(peer, {**IN_CLEAR, "sasl_auth_soft_bounce": soft})
    assert status == f"{expected} (SASL authentication failed; server {HOST} said: {reply})"
    assert not any(command.startswith("MAIL") for command in session.commands)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("334 ???", f"cannot authenticate to server {HOST}: malformed challenge"),
        ("334 ", f"cannot authenticate to server {HOST}: authentication protocol error"),
        (DROP, "lost connection with 127.0.0.1[127.0.0.1] while performing the EHLO handshake"),
    ],
)
def test_a_server_that_breaks_the_dialogue_gets_no_mail(reply: str, expected: str) -> None:
    peer = Peer(extensions=("AUTH PLAIN",), replies={"AUTH": reply})
    status, _ = _delivered(peer, IN_CLEAR)
    assert status.startswith("4.")
    assert expected in status


def test_an_endless_dialogue_ends() -> None:
    peer = Peer(
        extensions=("AUTH XOAUTH2",),
        replies={"EHLO": "250-mx\r\n250 AUTH XOAUTH2", "QUIT": "221 bye", "": "334 "},
    )
    status, _ = _delivered(peer, IN_CLEAR)
    assert "authentication protocol loop with server" in status


def test_where_we_have_no_account_or_none_is_wanted_we_are_strangers() -> None:
    peer = Peer(extensions=("AUTH PLAIN",))
    for more in ({**IN_CLEAR, "sasl_password_maps": ("inline:{other=ann:secret}",)}, {}):
        status, session = _delivered(peer, more)
        assert status == SENT
        assert not any(command.startswith("AUTH") for command in session.commands)
    status, session = _delivered(Peer(), IN_CLEAR)
    assert status == SENT


def test_passwords_that_cannot_be_looked_up_defer(tmp_path: Path) -> None:
    more = {**IN_CLEAR, "sasl_password_maps": (f"texthash:{tmp_path}/missing",)}
    status, session = _delivered(Peer(extensions=("AUTH PLAIN",)), more)
    assert status.startswith(f"4.3.0 deferred (local data error while talking to {HOST}")
    assert not any(command.startswith("MAIL") for command in session.commands)


@pytest.mark.parametrize(
    ("by_sender", "key", "authenticates"),
    [
        (True, "a@x.example", True),
        (True, "@x.example", True),
        (False, "a@x.example", False),
        (False, "127.0.0.1", True),
        (False, "[127.0.0.1]:{port}", True),
    ],
)
def test_an_account_is_found_by_sender_host_or_nexthop(
    by_sender: bool, key: str, authenticates: bool
) -> None:
    async def story() -> None:
        peer = Peer(extensions=("AUTH PLAIN",), replies={"AUTH": "235 ok"})
        await peer.start()
        table = f"inline:{{ {{ {key.format(port=peer.port)} = ann:secret }} }}"
        field = Field(
            rules(
                **{**IN_CLEAR, "sasl_password_maps": (table,)},
                sender_dependent_authentication=by_sender,
            )
        )
        for _ in range(3):
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{peer.port}"))
        await peer.stop()
        assert field.statuses == [SENT] * 3
        for session in peer.sessions:
            assert any(c.startswith("AUTH") for c in session.commands) is authenticates
        # A connection of one sender is not for another; else the second one is kept.
        assert len(peer.sessions) == (3 if by_sender else 2)

    play(story)


def test_a_password_that_was_refused_is_not_tried_again_for_a_while() -> None:
    async def story() -> None:
        peer = Peer(extensions=("AUTH PLAIN",), replies={"AUTH": "535 5.7.8 no"})
        await peer.start()
        field = Field(rules(**IN_CLEAR, sasl_auth_cache_name=("proxy:btree:x",)))
        for _ in range(2):
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{peer.port}"))
        await peer.stop()
        said = f"authentication failed; server {HOST} said: 535 5.7.8 no)"
        assert field.statuses == [
            f"4.7.8 deferred (SASL {said}",
            f"4.7.8 deferred (SASL [CACHED] {said}",
        ]
        assert not any(c.startswith("AUTH") for c in peer.sessions[1].commands)

    play(story)


@pytest.mark.parametrize(
    ("reply", "cache", "leaves"),
    [
        ("535 5.7.8 no", (), True),
        ("535 5.7.8 no", ("proxy:btree:x",), False),
        ("454 4.7.0 later", (), False),
    ],
)
def test_after_a_wrong_password_the_service_leaves_for_one_that_may_know_better(
    reply: str, cache: tuple[str, ...], leaves: bool
) -> None:
    async def story() -> None:
        field = Field(rules(**IN_CLEAR, sasl_auth_cache_name=cache))
        await sent(field, Peer(extensions=("AUTH PLAIN",), replies={"AUTH": reply}))
        assert field.activity.leaving is leaves

    play(story)


def test_what_a_password_needs_depends_on_tls() -> None:
    peer = Peer(extensions=("AUTH PLAIN",), tls=server_context(), replies={"AUTH": "235 ok"})
    more = {**ACCOUNT, "tls_security_level": "encrypt"}
    status, session = _delivered(peer, more)
    assert status == SENT
    assert session.secured
    assert session.commands[3].startswith("AUTH PLAIN ")


def test_in_tls_a_password_may_need_more_than_main_cf_says_for_clear_sessions() -> None:
    """smtp_sasl_tls_security_options."""
    peer = Peer(extensions=("AUTH PLAIN",), tls=server_context(), replies={"AUTH": "235 ok"})
    more = {**IN_CLEAR, "tls_security_level": "encrypt"}
    status, session = _delivered(peer, more | {"sasl_tls_security_options": ("noplaintext",)})
    assert status.startswith("4.7.0 ")
    assert not [command for command in session.commands if command.startswith("AUTH")]


@pytest.mark.parametrize(
    ("more", "offer", "said"),
    [
        ({}, "AUTH PLAIN", True),
        ({"send_dummy_mail_auth": False}, "AUTH PLAIN", False),
        ({}, "DSN", False),
        ({"sasl_auth_enable": False}, "AUTH PLAIN", False),
        ({"sasl_password_maps": ("inline:{elsewhere=ann:secret}",)}, "AUTH PLAIN", False),
    ],
)
def test_mail_can_say_that_we_vouch_for_nobody(
    more: dict[str, Any], offer: str, said: bool
) -> None:
    """smtp_send_dummy_mail_auth; RFC 4954 section 5."""
    peer = Peer(extensions=(offer,), replies={"AUTH": "235 ok"})
    _, session = _delivered(peer, {**IN_CLEAR, "send_dummy_mail_auth": True, **more})
    (mail,) = [command for command in session.commands if command.startswith("MAIL")]
    assert mail.endswith("> AUTH=<>") is said
