"""XVERP: who may have return paths vary, and what becomes of it."""

from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play

VERP = {"smtpd_authorized_verp_clients": ("127.0.0.1",)}


def test_a_client_on_the_list_may_ask_for_return_paths_that_vary(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "\n250-XVERP\r" in await client.say("EHLO x")
        for parameter in ("XVERP", "xverp=-+"):
            await client.say(f"MAIL FROM:<list@x.org> {parameter}")
            await client.say("RCPT TO:<user@example.com>")
            await client.say("DATA")
            assert (await client.say("body\r\n.")).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, **VERP)
    assert [envelope.verp for _, envelope, _ in scene.world.mail] == ["+=", "-+"]


@pytest.mark.parametrize("hello", ["RSET", "HELO x", "EHLO x"])
def test_it_may_do_so_whether_it_was_told_of_it_or_not(tmp_path: Path, hello: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        await client.say(hello)
        assert (await client.say("MAIL FROM:<list@x.org> XVERP")).startswith("250 ")
        await client.quit()

    play(tmp_path, story, **VERP)


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [
        ("<a@x.org> XVERP=ab", "501 5.5.4 Error: XVERP needs two characters from -=+"),
        ("<a@x.org> XVERP=+", "501 5.5.4 Error: XVERP needs two characters from -=+"),
        ("<a@x.org> XVERP=+==", "501 5.5.4 Error: XVERP needs two characters from -=+"),
        ("<> XVERP", "503 5.5.4 Error: XVERP requires non-null sender"),
    ],
)
def test_return_paths_that_cannot_be_made_are_refused(
    tmp_path: Path, arguments: str, reply: str
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say(f"MAIL FROM:{arguments}") == reply
        await client.quit()

    play(tmp_path, story, **VERP)


def test_others_may_not_ask_for_return_paths_that_vary(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "XVERP" not in await client.say("EHLO x")
        reply = await client.say("MAIL FROM:<list@x.org> XVERP")
        assert reply == "555 5.5.4 Unsupported option: XVERP"
        await client.quit()

    play(tmp_path, story, smtpd_authorized_verp_clients=("192.0.2.1",))


def test_the_keyword_alone_can_be_kept_from_those_who_may(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "XVERP" not in await client.say("EHLO x")
        assert (await client.say("MAIL FROM:<list@x.org> XVERP")).startswith("250 ")
        await client.quit()

    play(tmp_path, story, smtpd_discard_ehlo_keywords=("verp",), **VERP)
