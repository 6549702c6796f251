"""Of peers that an admin wants to watch the log has all that is said, but no passwords."""

from pathlib import Path

import pytest

from unit.reception.smtpd.sasl.test_auth import RIGHT, play_with_dovecot
from unit.reception.smtpd.scene import Scene, play

CLIENT = "localhost[127.0.0.1]"


async def visit(scene: Scene) -> None:
    client = await scene.client()
    await client.mail("user@example.com")
    await client.message(b"Subject: x\r\n\r\nhello\r\n")
    await client.quit()


@pytest.mark.parametrize(
    ("settings", "logged"),
    [
        ({}, False),
        ({"debug_peer_list": ("127.0.0.0/8",)}, True),
        ({"debug_peer_list": ("localhost",)}, True),
        ({"debug_peer_list": ("192.0.2.1", "example.org")}, False),
        ({"verbose": True}, True),
    ],
)
def test_what_is_said_is_logged_of_peers_in_the_list_or_of_all(
    tmp_path: Path, settings: dict[str, object], logged: bool
) -> None:
    scene = play(tmp_path, visit, **settings)
    said = [line for line in scene.journal.lines if line[:2] in ("< ", "> ")]
    assert bool(said) is logged
    if logged:
        greeting, first = said[:2]
        assert greeting == f"> {CLIENT}: 220 mail.example.com ESMTP"
        assert first == f"< {CLIENT}: EHLO client.example"
        assert f"> {CLIENT}: 250-PIPELINING" in said
        assert f"< {CLIENT}: RCPT TO:<user@example.com>" in said
        assert not [line for line in said if "hello" in line]
        assert said[-1].startswith(f"> {CLIENT}: 221 ")


def test_no_password_is_logged(tmp_path: Path) -> None:
    async def story(scene: Scene, _: object) -> None:
        client = await scene.client()
        await client.say(RIGHT)
        await client.say("AUTH LOGIN")
        await client.quit()

    scene = play_with_dovecot(tmp_path, story, verbose=True)
    assert f"< {CLIENT}: AUTH PLAIN" in scene.journal.lines
    assert RIGHT.rpartition(" ")[2] not in "\n".join(scene.journal.lines)
