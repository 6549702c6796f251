"""Names, words and addresses as no honest client writes them."""

from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.world import USERS


@pytest.mark.parametrize(
    "name", ["a\tb", "x" * 3000, "<(a;b)>", "ümlaut", "\x01\x1b[2J", '"@\\', "\x7f\x85"]
)
def test_no_name_a_client_gives_itself_harms_its_mail_or_that_of_others(
    tmp_path: Path, name: str
) -> None:
    """Every value has to fit the contract: a peer cuts off whoever breaks it."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say(f"EHLO {name}")
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(
        tmp_path,
        story,
        smtpd_helo_restrictions=(
            "check_helo_access",
            USERS,
            "warn_if_reject",
            "reject_unknown_helo_hostname",
        ),
    )
    client = scene.world.mail[0][1].client
    assert client is not None
    assert len(client.helo) <= 512
    assert client.helo.isprintable()
    assert not set(client.helo) & set('<>()\\";@ ')


@pytest.mark.parametrize("word", ["x" * 4000, "\x01", "ü" * 1000, "a\x7fb"])
def test_no_command_breaks_a_contract(tmp_path: Path, word: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.say(word)).startswith("500 5.5.2 ")
        assert (await client.say(f"VRFY {word}"))[:3] in ("501", "550", "553", "554")
        assert (await client.say(f"ETRN {word}"))[:3] in ("459", "500", "501")
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, smtpd_forbidden_commands=(USERS,))
    assert not scene.log("lost connection with")


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("MAIL FROM: <a@b..c> SIZE=5", "MAIL command: <a@b..c>"),
        ("MAIL FROM:a@b.c> SIZE=5", "MAIL command: a@b.c>"),
        ("RCPT TO:<>", "RCPT command: <>"),
        ("VRFY x <-y>", "VRFY command: x <-y>"),
    ],
)
def test_what_is_no_address_is_told_to_the_log(tmp_path: Path, command: str, written: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        if command.startswith("RCPT"):
            await client.say("MAIL FROM:<s@x.org>")
        assert (await client.say(command)).startswith("501 5.1.")

    scene = play(tmp_path, story)
    assert scene.log(f"warning: Illegal address syntax from localhost[127.0.0.1] in {written}")


def test_a_command_out_of_order_is_not_told_of(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("MAIL FROM:<s@x.org>")
        assert (await client.say("MAIL FROM:<a@b..c>")).startswith("503 ")

    assert not play(tmp_path, story).log("Illegal address syntax")


def test_addresses_as_long_as_may_be_are_handled(tmp_path: Path) -> None:
    recipient = "r" * 760 + "@example.com"

    async def story(scene: Scene) -> None:
        scene.world.tables[USERS][recipient] = "x"
        client = await scene.client()
        replies = await client.mail(recipient, sender="s" * 1500 + "@x.org")
        assert replies[0] == "501 5.1.7 Bad sender address syntax"
        assert [
            reply[:3] for reply in await client.mail(recipient, sender="s" * 990 + "@x.org")
        ] == [
            "250",
            "250",
        ]
        assert (await client.message()).startswith("250 ")
        await client.quit()

    play(tmp_path, story)


@pytest.mark.parametrize("strict", [False, True])
def test_addresses_without_brackets_are_taken_unless_main_cf_is_strict(
    tmp_path: Path, strict: bool
) -> None:
    """strict_rfc821_envelopes (RFC 5321 section 4.1.2)."""
    reply = "501 " if strict else "250 2.1.0 Ok"

    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await client.say("MAIL FROM:a@client.example")).startswith(reply)
        await client.say("MAIL FROM:<a@client.example>")
        assert (await client.say("RCPT TO:user@example.com"))[:3] == ("501" if strict else "250")

    play(tmp_path, story, strict_rfc821_envelopes=strict)


def test_international_addresses_are_offered_and_taken_where_main_cf_has_them(
    tmp_path: Path,
) -> None:
    """smtputf8_enable (RFC 6531 section 3.1)."""

    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        told = await client.say("EHLO client.example")
        reply = await client.say("MAIL FROM:<grå@client.example> SMTPUTF8")
        heard.append(("SMTPUTF8" in told, reply[:3]))

    heard: list[tuple[bool, str]] = []
    for enabled in (True, False):
        directory = tmp_path / str(enabled)
        directory.mkdir()
        play(directory, story, smtputf8_enable=enabled)
    assert heard == [(True, "250"), (False, "555")]
