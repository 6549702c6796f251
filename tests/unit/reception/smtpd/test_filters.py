"""smtpd_milters: filters are asked at every step, and refuse it in their own words."""

from pathlib import Path
from typing import Any

import pytest

from postroom.contracts import milter
from postroom.ipc.contract import Question
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

FILTERED: dict[str, Any] = {"smtpd_milters": ("unix:/filter",)}
NO = milter.Rejected(550, "5.7.1", "No")
REFUSED = "550 5.7.1 No"
AWAY = "451 4.7.1 Service unavailable - try again later"


def asked(scene: Scene) -> list[Question[Any]]:
    return [one for one in scene.world.asked if type(one).__module__ == milter.__name__]


def test_filters_are_asked_in_the_order_of_the_dialogue(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("MAIL FROM:<a@client.example> SIZE=10 RET=HDRS ENVID=x+2By")
        await client.say("RCPT TO:<user@example.com> NOTIFY=NEVER ORCPT=rfc822;o+2Bp@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, **FILTERED)
    opened, hello, mail, rcpt, data, closed = asked(scene)
    assert isinstance(opened, milter.Open)
    assert (opened.service, opened.client.address) == ("smtpd/smtp", "127.0.0.1")
    assert isinstance(hello, milter.Hello)
    assert hello.client.helo == "client.example"
    assert isinstance(mail, milter.MailFrom)
    assert mail.parameters == ("SIZE=10", "RET=HDRS", "ENVID=x+2By")
    assert mail.way is not None
    assert mail.way.address == "a@client.example"
    assert isinstance(rcpt, milter.RcptTo)
    assert rcpt.parameters == ("NOTIFY=NEVER", "ORCPT=rfc822;o+2Bp@example.com")
    assert rcpt.way is not None
    assert rcpt.way.address == "user@example.com"
    assert isinstance(data, milter.DataBegins)
    assert isinstance(closed, milter.Close)
    assert scene.world.filters == ["0" * 32]


@pytest.mark.parametrize(
    "settings", [{}, FILTERED | {"receive_override_options": ("no_milters",)}], ids=str
)
def test_without_filters_nobody_is_asked(tmp_path: Path, settings: dict[str, Any]) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.message()
        await client.quit()

    scene = play(tmp_path, story, **settings)
    assert asked(scene) == []
    assert scene.world.filters == [""]


MAPS: dict[str, Any] = {"smtpd_milter_maps": ("cidr:one", "inline:two")}
OTHERS = "inet:192.0.2.7:8891, { unix:/other, default_action=accept }"


@pytest.mark.parametrize(
    ("tables", "milters", "opened"),
    [
        ({"cidr:one": {"127.0.0.1": "DISABLE"}}, ("unix:/filter",), []),
        ({"cidr:one": {}, "inline:two": {"127.0.0.1": "disable "}}, ("unix:/filter",), []),
        ({"cidr:one": {"127.0.0.1": OTHERS}, "inline:two": {"127.0.0.1": "x"}}, (), [OTHERS]),
        ({"cidr:one": {"localhost": "x"}, "inline:two": {}}, ("unix:/filter",), [""]),
        ({"cidr:one": {}, "inline:two": {}}, (), []),
        ({}, ("unix:/filter",), [""]),
    ],
    ids=str,
)
def test_a_table_names_the_filters_of_a_client_or_none(
    tmp_path: Path, tables: dict[str, dict[str, str]], milters: tuple[str, ...], opened: list[str]
) -> None:
    """One that cannot be searched has nothing to say, as in Postfix."""

    async def story(scene: Scene) -> None:
        scene.world.tables.update(tables)
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, smtpd_milters=milters, **MAPS)
    assert [one.filters for one in asked(scene) if isinstance(one, milter.Open)] == opened
    assert scene.world.filters == ["0" * 32 if opened else ""]
    assert bool(scene.log('warning: cidr:one lookup error for "127.0.0.1"')) == (not tables)


async def greeting(_: Talker, heard: str) -> str:
    return heard


async def hello(client: Talker, _: str) -> str:
    return await client.say("EHLO client.example")


async def mail(client: Talker, _: str) -> str:
    await hello(client, _)
    return (await client.mail())[-1]


async def rcpt(client: Talker, _: str) -> str:
    await hello(client, _)
    return (await client.mail("user@example.com"))[-1]


async def data(client: Talker, _: str) -> str:
    await rcpt(client, _)
    return await client.message()


async def unknown(client: Talker, _: str) -> str:
    return await client.say("XYZZY")


@pytest.mark.parametrize(
    ("step", "question", "stage"),
    [
        (hello, milter.Hello, "EHLO"),
        (mail, milter.MailFrom, "MAIL"),
        (rcpt, milter.RcptTo, "RCPT"),
        (data, milter.DataBegins, "DATA"),
        (unknown, milter.UnknownCommand, "UNKNOWN"),
    ],
)
def test_a_filter_refuses_a_step_and_the_log_says_so(
    tmp_path: Path, step: Any, question: type[Question[Any]], stage: str
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.objections[question] = NO
        client = await scene.connect()
        assert await step(client, await client.reply()) == REFUSED

    scene = play(tmp_path, story, **FILTERED)
    (line,) = scene.log("milter-reject")
    assert f"milter-reject: {stage} from localhost[127.0.0.1]: {REFUSED};" in line or (
        f"milter-reject: {stage} from unknown[127.0.0.1]: {REFUSED};" in line
    )
    assert scene.world.mail == []


def test_a_client_that_filters_refuse_is_not_served(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.objections[milter.Open] = NO
        client = await scene.connect()
        assert (await client.reply()).startswith("554 ")
        assert (await client.say("EHLO client.example")).startswith("503 5.7.0 ")

    play(tmp_path, story, **FILTERED)


def test_a_client_that_filters_put_off_may_come_again(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.objections[milter.Open] = milter.Rejected(450, "4.7.1", "Not now")
        client = await scene.client()
        assert await client.mail() == ["450 4.7.1 Not now"]

    play(tmp_path, story, **FILTERED)


def test_what_a_filter_discards_is_accepted_and_gone(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.objections[milter.RcptTo] = milter.Discarded()
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")

    assert play(tmp_path, story, **FILTERED).world.mail == []


def test_a_message_that_is_not_sent_is_called_off(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("RSET")
        await client.say("RSET")
        await client.quit()

    kinds = [type(one) for one in asked(play(tmp_path, story, **FILTERED))]
    assert kinds.count(milter.Abort) == 1


def test_mail_waits_at_its_sender_while_filters_cannot_be_asked(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.down.add("milter")
        client = await scene.client()
        assert await client.mail() == [AWAY]

    assert play(tmp_path, story, **FILTERED).log("warning: milter: ")
