"""The postmaster sees those sessions that went wrong in a way he wants to hear of."""

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from postroom.contracts.cleanup import Refused
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.trouble import trouble
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.world import USERS

EVERYBODY = ("bounce", "data", "policy", "protocol", "resource", "software")
ADDRESSES = {
    "bounce_notice_recipient": "bounces",
    "error_notice_recipient": "errors",
    "double_bounce_sender": "double-bounce",
    "myhostname": "mail.example.com",
}


async def session(scene: Scene, *commands: str) -> None:
    client = await scene.connect()
    await client.reply()
    for command in ("EHLO client.example", *commands, "QUIT"):
        await client.say(command)
    assert await client.reply() == ""


def notices(
    directory: Path, *commands: str, classes: tuple[str, ...] = EVERYBODY, **settings: object
) -> list[tuple[str, Message]]:
    async def story(scene: Scene) -> None:
        await session(scene, *commands)

    scene = play(directory, story, notify_classes=classes, **ADDRESSES, **settings)
    for _, envelope, content in scene.world.mail:
        assert envelope.sender == "double-bounce@mail.example.com"
        assert content.count(b"\n") == content.count(b"\r\n")
        assert b"\n." not in content
    return [
        (envelope.recipients[0].address, message_from_bytes(content))
        for _, envelope, content in scene.world.mail
    ]


@pytest.mark.parametrize(
    ("commands", "notify_class", "whom"),
    [
        (("BOGUS",), "protocol", "errors"),
        (("RCPT TO:<user@example.com>",), "protocol", "errors"),
        (("MAIL FROM:<a@b.example", "RSET"), "protocol", "errors"),
        (("MAIL FROM:<a@b.example>", "RCPT TO:<x@elsewhere.example>"), "policy", "errors"),
        (("MAIL FROM:<a@b.example>", "RCPT TO:<nobody@example.com>"), "bounce", "bounces"),
    ],
)
def test_each_class_of_trouble_is_told_to_those_who_ask_for_it(
    tmp_path: Path, commands: tuple[str, ...], notify_class: str, whom: str
) -> None:
    users = {"local_recipient_maps": (USERS,), "mynetworks": ()}
    others = tuple(one for one in EVERYBODY if one != notify_class)
    for directory in (tmp_path / "one", tmp_path / "other"):
        directory.mkdir()
    assert notices(tmp_path / "other", *commands, classes=others, **users) == []
    ((address, notice),) = notices(tmp_path / "one", *commands, classes=(notify_class,), **users)
    assert address == whom
    assert notice["Subject"] == "Postroom SMTP server: errors from localhost[127.0.0.1]"
    assert f" In:  {commands[-1]}\n" in notice.get_payload().replace("\r\n", "\n")


def test_the_whole_session_is_shown_as_it_was_said(tmp_path: Path) -> None:
    ((_, notice),) = notices(tmp_path, "BOGUS", "NOOP")
    assert notice.get_payload().replace("\r\n", "\n").split("\n\n")[1].splitlines()[-9:] == [
        " Out: 250-DSN",
        " Out: 250-SMTPUTF8",
        " Out: 250 CHUNKING",
        " In:  BOGUS",
        " Out: 500 5.5.2 Error: command not recognized",
        " In:  NOOP",
        " Out: 250 2.0.0 Ok",
        " In:  QUIT",
        " Out: 221 2.0.0 Bye",
    ]


def test_a_session_without_trouble_is_nobody_s_business(tmp_path: Path) -> None:
    assert notices(tmp_path, "MAIL FROM:<a@b.example>", "RCPT TO:<user@example.com>") == []


def test_a_hostile_line_stays_a_line_of_its_own(tmp_path: Path) -> None:
    ((_, notice),) = notices(tmp_path, "\x1b[31m\x00." + "x" * 300)
    assert "\x1b" not in notice.get_payload()
    assert "\x00" not in notice.get_payload()


def test_a_long_session_is_told_of_in_parts(tmp_path: Path) -> None:
    commands = ("BOGUS",) * 5 + ("RSET", "NOOP")
    settings = {"smtpd_history_flush_threshold": 12, "smtpd_soft_error_limit": 100}
    ((_, notice),) = notices(tmp_path, *commands, **settings)
    assert "NOOP" not in notice.get_payload()
    assert notice.get_payload().count("BOGUS") == 5


def test_a_notice_that_cannot_be_sent_is_told_to_the_log(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.outcome = lambda _: Refused(552, "5.3.4", "too big")
        await session(scene, "BOGUS")

    scene = play(tmp_path, story, notify_classes=("protocol",), **ADDRESSES)
    assert scene.journal.lines[-1] == (
        "warning: no notice to <errors> about the session of localhost[127.0.0.1]: too big"
    )


def test_soft_bounce_makes_no_refusal_final(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert await client.say("BOGUS") == "400 4.5.2 Error: command not recognized"
        assert await client.say("RCPT TO:<a@b>") == "403 4.5.1 Error: need MAIL command"
        assert await client.say("EHLO client.example")
        assert await client.say("MAIL FROM:<a@b.example>") == "250 2.1.0 Ok"
        unknown = await client.say("RCPT TO:<nobody@example.com>")
        assert unknown.startswith("450 4.1.1 <nobody@example.com>: ")
        assert await client.say("RCPT TO:<user@example.com>") == "250 2.1.5 Ok"
        assert await client.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
        scene.world.outcome = lambda _: Refused(550, "5.7.1", "no")
        assert await client.say("x: y\r\n\r\n.") == "450 4.7.1 no"

    scene = play(tmp_path, story, soft_bounce=True)
    assert not scene.world.mail
    assert any(" 450 4.1.1 <nobody@example.com>: " in line for line in scene.journal.lines)


def test_with_the_default_classes_a_client_s_own_mistakes_are_not_told(tmp_path: Path) -> None:
    assert notices(tmp_path, "BOGUS", classes=("resource", "software")) == []


@pytest.mark.parametrize(
    ("reply", "classes"),
    [
        (Reply(451, "4.3.0", "<a@b>: Temporary lookup failure"), {"data"}),
        (Reply(451, "4.3.0", "Error: queue file write error"), {"resource"}),
        (Reply(452, "4.3.1", "Insufficient system storage"), {"resource"}),
        (Reply(451, "4.3.5", "Server configuration error"), {"software"}),
        (Reply(552, "5.3.4", "Message size exceeds fixed limit"), {"policy"}),
        (Reply(452, "4.5.3", "Error: too many recipients"), {"policy"}),
        (Reply(450, "4.1.1", "<a@b>: Recipient address rejected: User unknown"), {"bounce"}),
        (Reply(501, "5.1.3", "Bad recipient address syntax"), {"protocol"}),
        (Reply(421, "4.4.2", "Error: timeout exceeded"), set()),
        (Reply(421, "4.3.2", "Service shutting down"), set()),
        (Reply(250, "2.0.0", "Ok"), set()),
    ],
)
def test_the_class_of_trouble_is_that_of_the_reply(reply: Reply, classes: set[str]) -> None:
    assert trouble(reply) == classes
