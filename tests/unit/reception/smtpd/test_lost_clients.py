"""A client that goes too early leaves nothing but what the log says of it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker


def test_a_client_that_vanishes_inside_a_message_leaves_nothing(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("DATA")
        client.send(b"x" * 98 + b"\r\n" + b"y" * 100_000)
        await asyncio.sleep(0.05)
        client.writer.transport.abort()

    scene = play(tmp_path, story)
    assert scene.world.mail == []
    assert len(scene.world.abandoned) == 1
    assert scene.log("lost connection after DATA (100100 bytes) from localhost[127.0.0.1]")
    assert scene.log("disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 comm")


def test_a_client_that_goes_without_quit_is_noted(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        client.writer.close()

    scene = play(tmp_path, story)
    assert scene.journal.lines[1:] == [
        "NOQUEUE: lost connection after EHLO from localhost[127.0.0.1]",
        "disconnect from localhost[127.0.0.1] ehlo=1 commands=1",
    ]


def test_a_client_that_goes_after_a_whole_message_is_no_loss(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("DATA")
        assert (await client.say("Subject: x\r\n\r\n."))[:3] == "250"
        client.writer.close()

    scene = play(tmp_path, story)
    assert scene.log("lost connection") == []
    assert scene.log("disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 commands=4")


def test_commands_before_a_half_closed_connection_are_still_answered(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        client.send("MAIL FROM:<a@x.org>\r\nRCPT TO:<user@example.com>\r\n")
        client.writer.write_eof()
        assert (await client.reply())[:3] == "250"
        assert (await client.reply())[:3] == "250"
        assert await client.reply() == ""

    scene = play(tmp_path, story)
    (line,) = scene.log("lost connection after RCPT")
    assert not line.startswith("NOQUEUE: ")


async def resets(client: Talker) -> None:
    await client.say("RSET")


async def asks_to_be_released(client: Talker) -> None:
    await client.say("QUIT")


async def just_goes(client: Talker) -> None:
    client.writer.close()


async def goes_within_small_content(client: Talker) -> None:
    await client.say("DATA")
    client.writer.write(b"Subject: x\r\n")
    client.writer.close()


async def sends_what_is_too_large(client: Talker) -> None:
    await client.say("DATA")
    await client.say("x" * 50 + "\r\n.")


@pytest.mark.parametrize(
    "end",
    [resets, asks_to_be_released, just_goes, goes_within_small_content, sends_what_is_too_large],
)
def test_of_a_message_that_never_came_the_log_says_so_once(
    tmp_path: Path, end: Callable[[Talker], Awaitable[None]]
) -> None:
    """As Postfix's cleanup, which had begun it; without a recipient there was none."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await end(client)
        other = await scene.client()
        await other.say("MAIL FROM:<a@client.example>")

    scene = play(tmp_path, story, message_size_limit=20)
    (line,) = scene.log("removed (canceled)")
    (client_line,) = scene.log(": client=")
    assert line == client_line.partition(": client=")[0] + ": removed (canceled)"


def test_what_cleanup_was_given_is_cleanups_to_tell(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.message()

    assert play(tmp_path, story).log("removed") == []
