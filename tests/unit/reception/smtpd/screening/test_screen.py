"""postscreen: clients are looked at before they are greeted, and remembered if they are good."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

SCREENS: dict[str, Any] = {
    "screens": True,
    "postscreen_greet_wait": 0.2,
    "postscreen_greet_banner": "wait",
    "postscreen_access_list": (),
}
LISTED = {
    ("1.0.0.127.bad.example", "A"): ("127.0.0.2",),
    ("1.0.0.127.ok.example", "A"): ("127.0.0.9",),
}
BLOCKED = "521 5.7.1 Service unavailable; client [127.0.0.1] blocked using bad.example"
TABLE = "cidr:/clients"


def screened(tmp_path: Path, story: Any, **settings: Any) -> Scene:
    return play(tmp_path, story, **(SCREENS | settings))


async def speaks_early(scene: Scene) -> Talker:
    client = await scene.connect()
    client.send("EHLO client.example\r\n")
    return client


def test_a_patient_client_is_greeted_after_a_while_and_the_next_time_at_once(
    tmp_path: Path,
) -> None:
    async def story(scene: Scene) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        client = await scene.connect()
        teaser, greeting = (await client.reply()).splitlines()
        # The clock of the event loop has whole milliseconds.
        assert loop.time() - began >= 0.199
        assert teaser == "220-wait"
        assert greeting.startswith("220 mail.example.com ESMTP")
        assert (await client.say("EHLO client.example")).startswith("250")
        await client.quit()
        assert (await (await scene.connect()).reply()).startswith("220 mail.example.com ESMTP")

    scene = screened(tmp_path, story)
    passes = [line.partition(" [")[0] for line in scene.log("PASS ")]
    assert passes == ["PASS NEW", "PASS OLD"]
    assert len(scene.log("CONNECT from [127.0.0.1]:")) == 2


def test_the_first_line_of_the_greeting_comes_at_once_and_says_that_there_is_more(
    tmp_path: Path,
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        assert await asyncio.wait_for(client.reader.readline(), 20) == b"220-wait\r\n"

    screened(tmp_path, story, postscreen_greet_wait=60.0)


def test_a_client_that_speaks_too_early_is_sent_away(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await speaks_early(scene)
        assert (await client.reply()).splitlines()[-1] == "521 5.5.1 Protocol error"
        assert await client.reply() == ""

    scene = screened(tmp_path, story, postscreen_greet_action="drop")
    (line,) = scene.log("PREGREET 21 after ")
    assert line.endswith(r": EHLO client.example\r\n")
    assert scene.log("DISCONNECT [127.0.0.1]:")
    assert scene.log("PASS") == []


def test_a_client_that_is_only_let_talk_gets_no_mail_in(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await speaks_early(scene)
        await client.reply()
        await client.reply()
        assert await client.mail("user@example.com") == ["250 2.1.0 Ok", "550 5.5.1 Protocol error"]

    settings = {"postscreen_greet_action": "enforce", "smtpd_forbid_unauth_pipelining": False}
    scene = screened(tmp_path, story, **settings)
    (line,) = scene.log("NOQUEUE: reject: RCPT from [127.0.0.1]:")
    assert "from=<a@client.example>, to=<user@example.com>, proto=ESMTP" in line
    assert scene.world.mail == []


def test_where_that_is_ignored_the_client_is_looked_at_again(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        for _ in range(2):
            client = await speaks_early(scene)
            await client.reply()
            assert (await client.reply()).startswith("250")
            client.writer.close()

    scene = screened(tmp_path, story, smtpd_forbid_unauth_pipelining=False)
    assert len(scene.log("PREGREET")) == 2
    assert scene.log("PASS") == []


def test_a_client_that_hangs_up_is_told_of_and_forgotten(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        client.writer.close()
        await asyncio.sleep(0.05)

    scene = screened(tmp_path, story)
    assert scene.log("HANGUP after ")
    assert scene.log("lost connection") == []


@pytest.mark.parametrize(
    ("sites", "threshold", "blocked"),
    [
        (("bad.example",), 1, True),
        (("bad.example*2", "ok.example*-2"), 1, False),
        (("bad.example=127.0.0.[3..9]",), 1, False),
        (("bad.example*2",), 3, False),
        (("bad.example*2", "none.example*5"), 2, True),
        (("unsure.example",), 1, False),
    ],
)
def test_a_client_on_lists_of_enough_weight_is_blocked(
    tmp_path: Path, sites: tuple[str, ...], threshold: int, blocked: bool
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.names = LISTED
        client = await scene.connect()
        assert (await client.reply()).splitlines()[-1].startswith(BLOCKED) is blocked

    scene = screened(
        tmp_path,
        story,
        postscreen_dnsbl_sites=sites,
        postscreen_dnsbl_threshold=threshold,
        postscreen_dnsbl_action="drop",
    )
    assert bool(scene.log("DNSBL rank ")) is blocked
    assert bool(scene.log("PASS NEW")) is not blocked


@pytest.mark.parametrize(
    ("access", "line", "greeting"),
    [
        (("permit_mynetworks",), "ALLOWLISTED [127.0.0.1]:", "220 "),
        ((TABLE,), "DENYLISTED [127.0.0.1]:", "521 5.3.2 Service currently unavailable"),
    ],
)
def test_the_access_list_decides_without_a_look(
    tmp_path: Path, access: tuple[str, ...], line: str, greeting: str
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[TABLE] = {"127.0.0.1": "reject"}
        client = await scene.connect()
        assert (await client.reply()).startswith(greeting)

    scene = screened(
        tmp_path,
        story,
        postscreen_greet_wait=60.0,
        mynetworks=("127.0.0.0/8",),
        postscreen_access_list=access,
        postscreen_denylist_action="drop",
    )
    assert scene.log(line)


def test_what_is_no_list_is_told_and_left_out(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        assert (await (await scene.connect()).reply()).splitlines()[-1].startswith("220 ")

    scene = screened(tmp_path, story, postscreen_dnsbl_sites=("bad.example*x", "a.example=1.2"))
    assert len(scene.log("warning: postscreen_dnsbl_sites: ")) == 2
