"""Clients log in, or do not: what they are told, what the log says, and what Dovecot is asked."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from postroom.reception.smtpd.sasl import authentication
from unit.reception.smtpd.sasl.auth_service import PASSWORD, AuthService, auth_service, encoded
from unit.reception.smtpd.scene import Scene, play

Story = Callable[[Scene, AuthService], Awaitable[None]]
RIGHT = f"AUTH PLAIN {encoded(PASSWORD)}"
WRONG = f"AUTH PLAIN {encoded(b'x')}"
FAILED = "535 5.7.8 Error: authentication failed: "


def play_with_dovecot(directory: Path, story: Story, **changes: Any) -> Scene:
    """A scene with an authentication service in it."""
    path = directory / "auth"

    async def whole(scene: Scene) -> None:
        async with auth_service(path) as service:
            await story(scene, service)

    enabled = {"smtpd_sasl_auth_enable": True, "smtpd_sasl_path": f"unix:{path}"}
    filtered = {"smtpd_sasl_mechanism_filter": ("!external", "static:rest")}
    return play(directory, whole, **(enabled | filtered | changes))


@pytest.fixture(autouse=True)
def everything_is_static(monkeypatch: pytest.MonkeyPatch) -> None:
    """``static:rest``, which proxymap would answer."""
    from unit.reception.smtpd import scene  # noqa: PLC0415

    class World(scene.World):
        def __init__(self) -> None:
            super().__init__()
            names = ("plain", "login", "scram-sha-256", "anonymous")
            self.tables["static:rest"] = dict.fromkeys(names, "rest")

    monkeypatch.setattr(scene, "World", World)


def test_who_logs_in_may_relay_and_the_log_names_him(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        client = await scene.connect()
        await client.reply()
        assert "\r\n250-AUTH PLAIN LOGIN SCRAM-SHA-256\r\n" in await client.say("EHLO x")
        assert await client.say(RIGHT) == "235 2.7.0 Authentication successful"
        replies = [
            await client.say("MAIL FROM:<a@b.example> AUTH=someone"),
            await client.say("RCPT TO:<far@away.example>"),
        ]
        assert replies == ["250 2.1.0 Ok", "250 2.1.5 Ok"]
        await client.message()
        assert await client.say(RIGHT) == "503 5.5.1 Error: already authenticated"
        await client.quit()
        auth = next(line for line in service.heard if line[0] == "AUTH")
        assert auth[2:] == [
            *("PLAIN", "service=smtp", "nologin", "lip=127.0.0.1", "rip=127.0.0.1"),
            f"resp={encoded(PASSWORD)}",
        ]

    scene = play_with_dovecot(
        tmp_path,
        story,
        smtpd_relay_restrictions=("permit_sasl_authenticated", "reject_unauth_destination"),
    )
    assert scene.log("client=localhost[127.0.0.1], sasl_method=PLAIN, sasl_username=joe, sasl_s")
    (_, envelope, _) = scene.world.mail[0]
    assert envelope.client is not None
    assert (envelope.client.protocol, envelope.client.sasl_username) == ("ESMTPA", "joe")
    assert envelope.client.sasl_sender == "someone"


def test_a_wrong_password_is_told_and_logged_as_fail2ban_wants_it(tmp_path: Path) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        client = await scene.client()
        assert await client.say(WRONG) == f"{FAILED}(reason unavailable)"
        assert await client.say("AUTH LOGIN") == "334 "
        assert await client.say(encoded(b"x")) == f"{FAILED}(reason unavailable)"
        assert (await client.mail("far@away.example"))[1].startswith("454 4.7.1")
        await client.quit()

    scene = play_with_dovecot(tmp_path, story)
    for mechanism in ("PLAIN", "LOGIN"):
        assert scene.log(
            f"warning: localhost[127.0.0.1]: SASL {mechanism} authentication failed: "
            "(reason unavailable), sasl_username=joe"
        )
    assert scene.log("auth=0/2")


def test_a_challenge_is_answered_or_not(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        client = await scene.client()
        assert await client.say("AUTH PLAIN") == "334 "
        assert await client.say("*") == "501 5.7.0 Authentication aborted"
        assert await client.say("AUTH PLAIN") == "334 "
        assert await client.say("!") == f"{FAILED}Invalid base64 data in continued response"
        assert await client.say("AUTH PLAIN") == "334 "
        assert await client.say("A" * 13000) == "500 5.5.6 SASL response limit exceeded"
        assert await client.say("NOOP") == "250 2.0.0 Ok"
        assert await client.say("AUTH PLAIN =") == f"{FAILED}(reason unavailable)"
        assert await client.say("auth plain") == "334 "
        assert await client.say(encoded(PASSWORD)) == "235 2.7.0 Authentication successful"
        await client.quit()
        assert [line[0] for line in service.heard].count("CANCEL") == 3

    scene = play_with_dovecot(tmp_path, story)
    assert scene.log("warning: localhost[127.0.0.1]: SASL PLAIN authentication aborted")


def test_what_dovecot_must_not_see_is_refused_before(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        client = await scene.client()
        assert await client.say("AUTH FOO") == f"{FAILED}Invalid authentication mechanism: 'FOO'"
        assert await client.say("AUTH EXTERNAL =") == (
            f"{FAILED}Invalid authentication mechanism: 'EXTERNAL'"
        )
        bad = f"{FAILED}Invalid base64 data in initial response"
        for response in ("x=y=", "AAA", "AAAA\tx"):
            expected = "501 5.5.4 Syntax: AUTH mechanism" if "\t" in response else bad
            assert await client.say(f"AUTH PLAIN {response}") == expected
        assert await client.say("AUTH") == "501 5.5.4 Syntax: AUTH mechanism"
        await client.quit()
        assert [line for line in service.heard if line[0] == "AUTH"] == []

    play_with_dovecot(tmp_path, story)


def test_there_is_no_auth_in_a_transaction(tmp_path: Path) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        client = await scene.client()
        await client.say("MAIL FROM:<>")
        assert await client.say(RIGHT) == "503 5.5.1 Error: MAIL transaction in progress"
        await client.quit()

    play_with_dovecot(tmp_path, story)


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        ({"smtpd_sasl_security_options": ("noanonymous",)}, "PLAIN LOGIN SCRAM-SHA-256"),
        ({"smtpd_sasl_security_options": ()}, "PLAIN LOGIN SCRAM-SHA-256 ANONYMOUS"),
        ({"smtpd_sasl_security_options": ("noplaintext", "noanonymous")}, "SCRAM-SHA-256"),
        ({"smtpd_sasl_security_options": ("mutual_auth",)}, "SCRAM-SHA-256"),
        ({"smtpd_sasl_mechanism_filter": ("login",)}, "LOGIN"),
        ({"broken_sasl_auth_clients": True}, "PLAIN LOGIN SCRAM-SHA-256"),
    ],
)
def test_mechanisms_are_those_that_main_cf_allows(
    tmp_path: Path, settings: dict[str, object], offered: str
) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        client = await scene.connect()
        await client.reply()
        lines = (await client.say("EHLO x")).split("\r\n")
        assert f"250-AUTH {offered}" in lines
        broken = bool(settings.get("broken_sasl_auth_clients"))
        assert (f"250-AUTH={offered}" in lines) == broken
        await client.quit()

    play_with_dovecot(tmp_path, story, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"smtpd_sasl_auth_enable": False},
        {"smtpd_tls_auth_only": True},
        {"smtpd_sasl_exceptions_networks": ("127.0.0.0/8",)},
        {"smtpd_discard_ehlo_keywords": ("auth",)},
        {"smtpd_sasl_security_options": ("forward_secrecy",)},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_where_nobody_may_log_in_there_is_no_auth(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        client = await scene.connect()
        await client.reply()
        assert "AUTH" not in await client.say("EHLO x")
        assert await client.say(RIGHT) == "503 5.5.1 Error: authentication not enabled"
        assert (await client.say("MAIL FROM:<a@b.example> AUTH=<>")).startswith("250")
        await client.quit()

    play_with_dovecot(tmp_path, story, **settings)


def test_a_temporary_failure_asks_to_come_back(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        service.failure = "\tuser=joe\ttemp\treason=no database"
        client = await scene.client()
        assert await client.say(WRONG) == "454 4.7.0 Temporary authentication failure: no database"
        await client.quit()

    play_with_dovecot(tmp_path, story)


def test_a_service_that_hangs_up_costs_one_attempt_and_is_called_again(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        service.hang_up_at = "AUTH"
        client = await scene.client()
        assert await client.say(RIGHT) == (
            "454 4.7.0 Temporary authentication failure: Connection lost to authentication server"
        )
        service.hang_up_at = ""
        assert (await client.say(RIGHT)).startswith("235")
        assert service.connections == 2
        await client.quit()

    play_with_dovecot(tmp_path, story)


def test_an_answer_to_a_challenge_never_goes_to_another_connection(tmp_path: Path) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        client, other = await scene.client(), await scene.client()
        assert await client.say("AUTH LOGIN") == "334 "
        service.hang_up_at = "AUTH"
        await other.say(RIGHT)
        service.hang_up_at = ""
        await other.say(RIGHT)
        assert (await client.say(encoded(PASSWORD))).startswith("454 4.7.0")
        await client.quit()
        await other.quit()

    play_with_dovecot(tmp_path, story)


@pytest.mark.parametrize(
    "introduction", ["VERSION\t2\t0\nDONE\n", "MECH\n", "x" * 70_000, "CONT\tx\ty\n"]
)
def test_a_service_that_breaks_the_protocol_is_no_service(
    tmp_path: Path, introduction: str
) -> None:
    async def story(scene: Scene, service: AuthService) -> None:
        service.said_first = introduction
        client = await scene.connect()
        await client.reply()
        assert "AUTH" not in await client.say("EHLO x")
        await client.quit()

    scene = play_with_dovecot(tmp_path, story)
    assert scene.log("warning: SASL: Connect to ")


def test_where_the_service_is_away_mail_of_strangers_still_comes(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.mail("user@example.com"))[1] == "250 2.1.5 Ok"
        await client.quit()

    scene = play(
        tmp_path, story, smtpd_sasl_auth_enable=True, smtpd_sasl_path=f"{tmp_path}/nothing"
    )
    assert scene.log(f"SASL: Connect to {tmp_path}/nothing failed: No such file or directory")


def test_an_old_smtpd_that_does_not_find_the_service_makes_way_for_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []

    async def story(scene: Scene) -> None:
        scene.desk.authentication.leave = lambda: left.append("now")
        client = await scene.client()
        assert left == []
        monkeypatch.setattr(authentication, "OLD_SECONDS", -1.0)
        await client.say("EHLO client.example")
        assert left == ["now"]
        await client.quit()

    play(tmp_path, story, smtpd_sasl_auth_enable=True, smtpd_sasl_path=f"{tmp_path}/nothing")


OWNERS = {"joe@example.com": "joe, max", "@max.example": "max"}


@pytest.mark.parametrize(
    ("restriction", "login", "sender", "refused"),
    [
        ("reject_sender_login_mismatch", True, "joe@example.com", ""),
        ("reject_sender_login_mismatch", True, "x@max.example", "not owned by user joe"),
        ("reject_sender_login_mismatch", True, "x@else.example", "not owned by user joe"),
        ("reject_sender_login_mismatch", False, "joe@example.com", "not logged in"),
        ("reject_sender_login_mismatch", False, "x@else.example", ""),
        ("reject_known_sender_login_mismatch", True, "x@else.example", ""),
        ("reject_known_sender_login_mismatch", True, "x@max.example", "not owned by user joe"),
        ("reject_authenticated_sender_login_mismatch", False, "joe@example.com", ""),
        ("reject_unauthenticated_sender_login_mismatch", True, "x@max.example", ""),
        ("reject_unauthenticated_sender_login_mismatch", False, "a@max.example", "not logged in"),
    ],
)
def test_a_sender_address_belongs_to_those_that_the_table_names(
    tmp_path: Path, restriction: str, login: bool, sender: str, refused: str
) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        scene.world.tables["hash:/owners"] = OWNERS
        client = await scene.client()
        if login:
            await client.say(RIGHT)
        reply = (await client.mail("user@example.com", sender=sender))[1]
        wanted = f"553 5.7.1 <{sender}>: Sender address rejected: {refused}"
        assert reply == (wanted if refused else "250 2.1.5 Ok")
        await client.quit()

    play_with_dovecot(
        tmp_path,
        story,
        smtpd_sender_login_maps=("hash:/owners",),
        smtpd_sender_restrictions=(restriction,),
    )


def test_a_table_can_refuse_a_login(tmp_path: Path) -> None:
    async def story(scene: Scene, _: AuthService) -> None:
        scene.world.tables["hash:/logins"] = {"joe": "REJECT go away"}
        client = await scene.client()
        assert (await client.mail("user@example.com"))[1] == "250 2.1.5 Ok"
        await client.say("RSET")
        await client.say(RIGHT)
        assert (await client.mail("user@example.com"))[1] == (
            "554 5.7.1 <localhost[127.0.0.1]>: Client host rejected: go away"
        )
        await client.quit()

    scene = play_with_dovecot(
        tmp_path, story, smtpd_client_restrictions=("check_sasl_access", "hash:/logins")
    )
    assert scene.log("proto=ESMTP helo=<client.example> sasl_method=PLAIN sasl_username=joe")


def test_a_session_in_clear_can_be_refused(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.mail("user@example.com"))[1] == (
            "450 4.7.1 Session encryption is required"
        )
        await client.quit()

    play(tmp_path, story, smtpd_client_restrictions=("reject_plaintext_session",))
