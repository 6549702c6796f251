"""Whose certificate is shown: ours, by the name that a client asks for, and the client's."""

import ssl
from pathlib import Path

import pytest

from postroom.config.table_credentials import credential_name
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.tls.tls_scene import ESTABLISHED, MAY, secured
from unit.tls.keys import EXPIRED, KEY, OTHER_KEY, UNTIL_2060


@pytest.mark.parametrize("name", ["smtpd_tls_cert_file", "smtpd_tls_key_file"])
def test_without_its_files_tls_is_put_off_and_the_log_says_why(
    tmp_path: Path, credentials: Path, name: str
) -> None:
    (credentials / name).write_text("")

    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say("STARTTLS") == "454 4.7.0 TLS not available due to local problem"
        await client.quit()

    scene = play(tmp_path, story, **MAY)
    assert scene.log(": disabling TLS support")


def test_a_certificate_of_another_key_is_not_used(tmp_path: Path, credentials: Path) -> None:
    (credentials / "smtpd_tls_key_file").write_text(OTHER_KEY)

    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.say("STARTTLS")).startswith("454 4.7.0")
        await client.quit()

    assert play(tmp_path, story, **MAY).log("warning: TLS library problem: ")


def test_a_chain_file_takes_the_place_of_the_pairs(tmp_path: Path, credentials: Path) -> None:
    (credentials / "smtpd_tls_chain_files.0").write_text(KEY)
    (credentials / "smtpd_tls_chain_files.1").write_text(EXPIRED)

    async def story(scene: Scene) -> None:
        client = await secured(scene)
        shown = client.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        assert shown == ssl.PEM_cert_to_DER_cert(EXPIRED)
        await client.quit()

    play(tmp_path, story, **MAY, smtpd_tls_chain_files=("/key.pem", "/certificate.pem"))


@pytest.mark.parametrize(
    ("name", "certificate"),
    [
        ("mail.other.example", EXPIRED),
        ("a.b.wide.example", EXPIRED),
        ("wide.example", UNTIL_2060),
        ("broken.example", UNTIL_2060),
        (None, UNTIL_2060),
    ],
)
def test_a_client_that_asks_for_another_name_is_shown_its_certificate(
    tmp_path: Path, credentials: Path, name: str | None, certificate: str
) -> None:
    (credentials / credential_name("/other.pem")).write_text(KEY + EXPIRED)
    (credentials / credential_name("/broken.pem")).write_text(EXPIRED)

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        await client.start_tls(name=name)
        shown = client.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        assert shown == ssl.PEM_cert_to_DER_cert(certificate)
        await client.quit()

    others = {
        "mail.other.example": ("/other.pem",),
        ".wide.example": ("/other.pem",),
        "broken.example": ("/broken.pem",),
    }
    scene = play(tmp_path, story, **MAY, sni_chains=others)
    assert bool(scene.log("tls_server_sni_maps: broken.example")) == (name == "broken.example")


def with_certificate(directory: Path, text: str) -> ssl.SSLContext:
    (directory / "client.pem").write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(directory / "client.pem")
    return context


def test_a_client_with_a_certificate_of_nobody_we_know_gets_through_the_second_time(
    tmp_path: Path, credentials: Path
) -> None:
    (credentials / "smtpd_tls_CAfile").write_text(UNTIL_2060)
    context = with_certificate(tmp_path, KEY + EXPIRED)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        with pytest.raises(OSError):
            await client.start_tls(context)
        again = await scene.client()
        await again.say("STARTTLS")
        await again.start_tls(context)
        assert (await again.say("EHLO client.example")).startswith("250")
        await again.quit()

    scene = play(tmp_path, story, **MAY, smtpd_tls_ask_ccert=True, smtpd_tls_CAfile="/ca.pem")
    assert scene.log("TLS library problem: error:SSL routines::certificate verify failed")
    assert scene.log(ESTABLISHED.replace("TLSv1.3", "TLSv1.2"))


def test_a_client_with_a_certificate_that_we_trust_is_told_by_name(
    tmp_path: Path, credentials: Path
) -> None:
    (credentials / "smtpd_tls_CAfile").write_text(UNTIL_2060)
    context = with_certificate(tmp_path, KEY + UNTIL_2060)

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("STARTTLS")
        await client.start_tls(context)
        await client.say("EHLO client.example")
        await client.mail("user@example.com")
        await client.message()
        about = scene.world.mail[0][1].client.certificate
        assert about == 'Client CN "mail.example.org", Issuer "mail.example.org" (verified OK)'
        await client.quit()

    asking = {"smtpd_tls_ask_ccert": True, "smtpd_tls_CAfile": "/ca.pem", "smtpd_tls_loglevel": 2}
    digest = {"smtpd_tls_fingerprint_digest": "sha1", "smtpd_tls_received_header": True}
    scene = play(tmp_path, story, **(MAY | asking | digest))
    assert scene.log("Trusted TLS connection established from localhost[127.0.0.1]")
    assert scene.log("subject_CN=mail.example.org, issuer=mail.example.org, fingerprint=66:EC:35:")
