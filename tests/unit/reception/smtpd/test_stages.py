"""When a command is judged, and how hard: at once or with RCPT, at DATA, for good or for now."""

from pathlib import Path

from unit.reception.smtpd.asking import ACCESS, ask
from unit.reception.smtpd.scene import Scene, play


def test_soft_bounce_makes_every_refusal_temporary(tmp_path: Path) -> None:
    reply, _ = ask(tmp_path, "x@elsewhere.example", soft_bounce=True)
    assert reply == "454 4.7.1 <x@elsewhere.example>: Relay access denied"


def test_without_delay_each_command_is_judged_at_once(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = {"bad.example": "REJECT", "a@bad.example": "REJECT"}
        client = await scene.connect()
        await client.reply()
        assert (await client.say("EHLO bad.example")).startswith("554 5.7.1 ")
        await client.say("EHLO good.example")
        assert (await client.say("MAIL FROM:<a@bad.example>")).startswith("554 5.7.1 ")
        assert (await client.say("MAIL FROM:<a@good.example>")) == "250 2.1.0 Ok"
        await client.quit()

    scene = play(
        tmp_path,
        story,
        smtpd_delay_reject=False,
        smtpd_helo_restrictions=("check_helo_access", ACCESS),
        smtpd_sender_restrictions=("check_sender_access", ACCESS),
    )
    assert scene.log("NOQUEUE: reject: EHLO from localhost[127.0.0.1]: 554 5.7.1 <bad.example>")
    assert scene.log("NOQUEUE: reject: MAIL from localhost[127.0.0.1]: 554 5.7.1 <a@bad.example>")


def test_a_client_denied_at_once_can_only_quit(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        assert (await client.reply()).startswith("554 5.7.1 <localhost[127.0.0.1]>: Client host ")
        assert await client.say("EHLO x") == (
            "503 5.7.0 Error: access denied for localhost[127.0.0.1]"
        )
        await client.quit()

    play(tmp_path, story, smtpd_delay_reject=False, smtpd_client_restrictions=("reject",))


def test_data_and_its_end_can_be_refused(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com", "other@example.com", sender="")
        assert (await client.message()).startswith("550 5.5.3 <Data command>: ")
        await client.say("RSET")
        await client.mail("user@example.com")
        assert (await client.message()).startswith("554 5.7.1 <End-of-data>: End-of-data rejected")
        await client.quit()

    scene = play(
        tmp_path,
        story,
        smtpd_data_restrictions=("reject_multi_recipient_bounce",),
        smtpd_end_of_data_restrictions=("reject",),
    )
    assert scene.world.mail == []
