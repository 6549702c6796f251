"""TLS with clients: offered, required, from the start, and what went before forgotten."""

import asyncio
import ssl
from pathlib import Path

import pytest

from unit.reception.smtpd.sasl.auth_service import auth_service
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.tls.tls_scene import ENCRYPT, ESTABLISHED, MAY, secured


def test_a_client_may_go_on_in_tls_and_its_mail_says_so(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "\r\n250-STARTTLS\r\n" in await client.say("EHLO client.example")
        assert await client.say("STARTTLS") == "220 2.0.0 Ready to start TLS"
        await client.start_tls()
        assert "STARTTLS" not in await client.say("EHLO client.example")
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 2.0.0 Ok: queued")
        (_, envelope, _) = scene.world.mail[0]
        assert envelope.client is not None
        assert envelope.client.protocol == "ESMTPS"
        assert envelope.client.tls == "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
        assert envelope.client.certificate == "No client certificate requested"
        await client.quit()

    scene = play(tmp_path, story, **MAY, smtpd_tls_received_header=True)
    assert scene.log(ESTABLISHED)
    assert scene.log("ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7")


def test_a_header_tells_of_tls_only_where_main_cf_says_so(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await secured(scene)
        await client.mail("user@example.com")
        await client.message()
        sent_by = scene.world.mail[0][1].client
        assert sent_by is not None
        assert (sent_by.protocol, sent_by.tls, sent_by.certificate) == ("ESMTPS", "", "")
        await client.quit()

    play(tmp_path, story, **MAY)


def test_what_a_client_said_in_clear_is_forgotten(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("STARTTLS")
        await client.start_tls()
        assert (await client.say("RCPT TO:<user@example.com>")).startswith("503 5.5.1")
        assert await client.say("MAIL FROM:<a@b.example>") == (
            "503 5.5.1 Error: send HELO/EHLO first"
        )
        await client.quit()

    play(tmp_path, story, **MAY, smtpd_helo_required=True)


@pytest.mark.parametrize("forbid", [True, False])
def test_commands_injected_before_the_handshake_are_never_obeyed(
    tmp_path: Path, forbid: bool
) -> None:
    """CVE-2011-0411: an attacker in between adds them to the packet with STARTTLS."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        client.send("STARTTLS\r\nMAIL FROM:<evil@example>\r\nRCPT TO:<user@example.com>\r\n")
        reply = await client.reply()
        if forbid:
            assert reply == "554 5.5.0 Error: SMTP protocol synchronization"
            assert await client.reply() == ""
            return
        assert reply.startswith("220")
        await client.start_tls()
        await client.say("EHLO client.example")
        assert (await client.say("DATA")).startswith("503 5.5.1 Error: need RCPT")
        await client.quit()

    scene = play(tmp_path, story, **MAY, smtpd_forbid_unauth_pipelining=forbid)
    assert scene.log("improper command pipelining after STARTTLS from")


def test_where_tls_is_required_nothing_is_taken_without(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for command in ("MAIL FROM:<a@b.example>", "RSET", "VRFY user@example.com"):
            assert await client.say(command) == "530 5.7.0 Must issue a STARTTLS command first"
        assert (await client.say("NOOP")).startswith("250")
        await client.say("STARTTLS")
        await client.start_tls()
        await client.say("EHLO client.example")
        assert await client.mail("user@example.com") == ["250 2.1.0 Ok", "250 2.1.5 Ok"]
        assert await client.say("STARTTLS") == "554 5.5.1 Error: TLS already active"
        await client.quit()

    play(tmp_path, story, **ENCRYPT)


def test_where_tls_is_required_auth_is_offered_in_it_alone(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        async with auth_service(tmp_path / "auth"):
            client = await scene.connect()
            await client.reply()
            assert "AUTH" not in await client.say("EHLO client.example")
            await client.say("STARTTLS")
            await client.start_tls()
            assert "AUTH PLAIN" in await client.say("EHLO client.example")
            await client.quit()

    sasl = {"smtpd_sasl_auth_enable": True, "smtpd_sasl_path": f"{tmp_path}/auth"}
    play(tmp_path, story, **ENCRYPT, **sasl, smtpd_sasl_mechanism_filter=("plain",))


def test_tls_from_the_start_needs_no_command(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.start_tls()
        assert await client.reply() == "220 mail.example.com ESMTP"
        assert "STARTTLS" not in await client.say("EHLO client.example")
        assert await client.say("STARTTLS") == "554 5.5.1 Error: TLS already active"
        await client.quit()

    scene = play(tmp_path, story, **ENCRYPT, smtpd_tls_wrappermode=True)
    assert [line.split(" from")[0] for line in scene.journal.lines] == [
        "connect",
        "Anonymous TLS connection established",
        "disconnect",
    ]


def test_a_handshake_that_fails_ends_the_session_and_is_told(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        client.send("MAIL FROM:<a@b.example>\r\n" * 3)
        assert await client.reply() == ""

    scene = play(tmp_path, story, **MAY)
    assert scene.log("SSL_accept error from localhost[127.0.0.1]: -1")
    assert scene.log("warning: TLS library problem: error:SSL routines::")
    assert scene.log("lost connection after STARTTLS from localhost[127.0.0.1]")
    assert scene.log("disconnect from localhost[127.0.0.1] ehlo=1 starttls=0/1 commands=1/2")


def test_a_client_that_leaves_in_the_handshake_is_not_waited_for(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        client.writer.close()

    scene = play(tmp_path, story, **MAY)
    assert scene.log("lost connection after STARTTLS from localhost[127.0.0.1]")


def test_a_handshake_has_its_time(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        assert await client.reply() == ""

    scene = play(tmp_path, story, **MAY, smtpd_starttls_timeout=0.2)
    assert scene.log("SSL_accept error from localhost[127.0.0.1]: ")


def test_an_old_version_of_tls_is_refused_where_main_cf_says_so(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname = False
        old.verify_mode = ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await client.start_tls(old)

    scene = play(tmp_path, story, **MAY, smtpd_tls_protocols=">=TLSv1.3")
    assert scene.log("TLS library problem")


@pytest.mark.parametrize(
    "settings", [{}, {**MAY, "smtpd_discard_ehlo_keywords": ("STARTTLS",)}], ids=["none", "hidden"]
)
def test_where_tls_is_not_offered_it_is_no_command(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "STARTTLS" not in await client.say("EHLO client.example")
        assert await client.say("STARTTLS") == "502 5.5.1 Error: command not implemented"
        await client.quit()

    play(tmp_path, story, **settings)


def test_in_tls_other_mechanisms_may_be_offered_than_in_clear(tmp_path: Path) -> None:
    """smtpd_sasl_tls_security_options."""

    async def story(scene: Scene) -> None:
        async with auth_service(tmp_path / "auth"):
            client = await scene.connect()
            await client.reply()
            assert "250-AUTH SCRAM-SHA-256\r\n" in await client.say("EHLO client.example")
            await client.say("STARTTLS")
            await client.start_tls()
            assert "250-AUTH PLAIN SCRAM-SHA-256\r\n" in await client.say("EHLO client.example")
            await client.quit()

    play(
        tmp_path,
        story,
        **MAY,
        smtpd_sasl_auth_enable=True,
        smtpd_sasl_path=f"{tmp_path}/auth",
        smtpd_sasl_mechanism_filter=("plain", "scram-sha-256"),
        smtpd_sasl_security_options=("noanonymous", "noplaintext"),
        smtpd_sasl_tls_security_options=("noanonymous",),
    )


@pytest.mark.parametrize(
    ("settings", "agree"),
    [
        (MAY, True),
        (ENCRYPT, True),
        ({**MAY, "smtpd_tls_exclude_ciphers": "AESGCM"}, False),
        ({**MAY, "smtpd_tls_exclude_ciphers": "CHACHA20"}, True),
        ({**ENCRYPT, "smtpd_tls_exclude_ciphers": "AESGCM"}, False),
        ({**MAY, "smtpd_tls_mandatory_exclude_ciphers": "AESGCM"}, True),
        ({**ENCRYPT, "smtpd_tls_mandatory_exclude_ciphers": "AESGCM"}, False),
        ({**MAY, "smtpd_tls_eecdh_grade": "none"}, False),
        ({**MAY, "smtpd_tls_eecdh_grade": "ultra"}, True),
    ],
)
def test_ciphers_that_main_cf_excludes_are_not_used(
    tmp_path: Path, settings: dict[str, object], agree: bool
) -> None:
    """The client knows nothing else than AES-GCM with keys agreed on an elliptic curve."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        narrow = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        narrow.check_hostname = False
        narrow.verify_mode = ssl.CERT_NONE
        narrow.maximum_version = ssl.TLSVersion.TLSv1_2
        narrow.set_ciphers("kEECDH+AESGCM")
        if agree:
            await client.start_tls(narrow)
            assert (await client.say("NOOP")).startswith("250 ")
        else:
            with pytest.raises((OSError, asyncio.IncompleteReadError)):
                await client.start_tls(narrow)

    scene = play(tmp_path, story, **settings)
    assert bool(scene.log("no shared cipher")) != agree
