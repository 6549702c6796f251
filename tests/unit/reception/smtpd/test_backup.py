"""Mail for domains that have us among their mail exchangers."""

from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play

# In scene, the first exchanger is the best. ``example.com`` is one of our names.
NAMES = {
    ("by-name.example", "MX"): ("mx.best.example", "example.com"),
    ("by-loopback.example", "MX"): ("mx.best.example", "mx.us.example"),
    ("proxied.example", "MX"): ("mx.best.example", "mx.proxy.example"),
    ("theirs.example", "MX"): ("mx.best.example",),
    ("lost.example", "MX"): ("mx.gone.example", "example.com"),
    ("nothing.example", "MX"): ("unsure.mx.example",),
    ("null.example", "MX"): ("",),
    ("us.example", "A"): ("127.0.0.1",),
    ("mx.us.example", "A"): ("127.0.0.1",),
    ("mx.best.example", "A"): ("198.51.100.1",),
    ("mx.best.example", "AAAA"): ("2001:db8::1",),
    ("mx.proxy.example", "A"): ("198.51.100.9",),
}
BEST = "198.51.100.0/24", "[2001:db8::]/32"


@pytest.mark.parametrize(
    ("domain", "networks", "code"),
    [
        ("example.com", (), "250"),
        ("mailbox.example", (), "250"),
        ("by-name.example", (), "250"),
        ("by-loopback.example", (), "554"),
        ("proxied.example", (), "250"),
        ("us.example", (), "554"),
        ("theirs.example", (), "554"),
        ("null.example", (), "554"),
        ("elsewhere.example", (), "554"),
        ("nothing.example", (), "450 4.4.4"),
        ("unsure.example", (), "450 4.4.4"),
        ("[192.0.2.1]", (), "554"),
        ("by-name.example", BEST, "250"),
        ("by-name.example", BEST[:1], "554"),
        ("by-name.example", ("mx.best.example",), "250"),
        ("by-name.example", ("!198.51.100.0/25", *BEST), "554"),
        ("lost.example", BEST, "450 4.4.4"),
    ],
)
def test_mail_is_taken_for_domains_whose_exchanger_we_are(
    tmp_path: Path, domain: str, networks: tuple[str, ...], code: str
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.names = NAMES
        client = await scene.client()
        replies = await client.mail(f"user@{domain}", f"user%there.example@{domain}")
        assert replies[1].startswith(code)
        assert replies[2].startswith("554 ")
        await client.quit()

    play(
        tmp_path,
        story,
        mynetworks=(),
        smtpd_relay_restrictions=("permit_mx_backup", "reject"),
        permit_mx_backup_networks=networks,
        proxy_interfaces=("198.51.100.9",),
        smtpd_reject_unlisted_recipient=False,
    )
