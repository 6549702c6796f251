"""Commands that bring no mail: what they are answered, and who may be told of them."""

from pathlib import Path

from postroom.contracts.showq import FlushSite
from unit.reception.smtpd.scene import Scene, play


def test_vrfy_help_and_noop(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say("VRFY user@example.com") == "252 2.0.0 user@example.com"
        assert (await client.say("VRFY nobody@example.com")).startswith("550 5.1.1 ")
        assert (await client.say("HELP")).startswith("214 2.0.0 ")
        assert await client.say("NOOP") == "250 2.0.0 Ok"
        assert await client.say("EXPN x") == "500 5.5.2 Error: command not recognized"
        await client.quit()

    play(tmp_path, story)


def test_vrfy_can_be_switched_off(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "VRFY" not in await client.say("EHLO x")
        assert await client.say("VRFY user") == "502 5.5.1 VRFY command is disabled"
        await client.quit()

    play(tmp_path, story, disable_vrfy_command=True)


def test_keywords_can_be_kept_from_clients(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        reply = await client.say("EHLO x")
        assert "CHUNKING" not in reply
        assert "DSN" not in reply
        await client.mail("user@example.com")
        client.send(b"BDAT 1 LAST\r\n")
        assert (await client.reply()).startswith("521 5.5.1 ")
        assert await client.reply() == ""

    play(tmp_path, story, smtpd_discard_ehlo_keywords=("chunking", "DSN"))


def test_etrn_has_the_mail_of_a_site_tried_again(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say("ETRN relay.example") == "250 Queuing started"
        assert scene.world.asked == [FlushSite("relay.example")]
        assert await client.say("ETRN x.org") == "459 <x.org>: service unavailable"
        assert await client.say("ETRN [192.0.2.1]") == "459 <[192.0.2.1]>: service unavailable"
        scene.world.down.add("showq")
        assert await client.say("ETRN relay.example") == "458 Unable to queue messages"
        await client.quit()

    play(tmp_path, story, fast_flush_domains=("relay.example",))


def test_etrn_can_be_refused(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        reply = await client.say("ETRN relay.example")
        assert reply == "554 5.7.1 <relay.example>: Etrn command rejected: Access denied"
        await client.quit()

    play(
        tmp_path,
        story,
        fast_flush_domains=("relay.example",),
        smtpd_etrn_restrictions=("permit_mynetworks", "reject"),
    )
