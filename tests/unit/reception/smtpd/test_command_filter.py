"""smtpd_command_filter: what a client says can mean something else."""

from pathlib import Path

from unit.reception.smtpd.scene import Scene, play

TABLE = "pcre:/filter"
WARNING = 'warning: pcre:/filter lookup error: no such table for "NOOP"'


def test_a_command_takes_the_place_of_another(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[TABLE] = {
            "HELO": "HELO domain.invalid",
            "": "NOOP",
            "RCPT TO:<'user@example.com'> NOTIFY=NEVER": "RCPT TO:<user@example.com> NOTIFY=NEVER",
        }
        client = await scene.connect()
        await client.reply()
        assert (await client.say("HELO")).startswith("250 ")
        assert (await client.say("  ")).startswith("250 2.0.0")
        replies = await client.mail("'user@example.com'")
        assert replies[1].startswith("501 ")
        assert (await client.say("RCPT TO:<'user@example.com'> NOTIFY=NEVER")).startswith("250 ")
        assert (await client.message(b"HELO\r\n")).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, smtpd_command_filter=(TABLE,))
    ((_, envelope, content),) = scene.world.mail
    assert content == b"HELO\r\n"
    assert envelope.client is not None
    assert envelope.client.helo == "domain.invalid"
    assert scene.log('localhost[127.0.0.1]: replacing command "HELO" with "HELO domain.invalid"')


def test_commands_that_come_together_are_each_looked_up(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[TABLE] = {"TO user": "RCPT TO:<user@example.com>"}
        client = await scene.client()
        client.send("MAIL FROM:<a@b.example>\r\nTO user\r\nBDAT 3\r\nTO BDAT 6 LAST\r\nuser\r\n")
        assert [(await client.reply())[:3] for _ in range(4)] == ["250"] * 4
        await client.quit()

    scene = play(tmp_path, story, smtpd_command_filter=(TABLE,))
    assert [content for _, _, content in scene.world.mail] == [b"TO user\r\n"]


def test_while_the_table_is_away_commands_mean_what_they_say(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.say("NOOP")).startswith("250 ")
        await client.quit()

    assert play(tmp_path, story, smtpd_command_filter=(TABLE,)).log(WARNING)
