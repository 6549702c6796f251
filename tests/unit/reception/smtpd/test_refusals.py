"""What the client reads of a refusal can be more than the log has, or something else."""

import time
from pathlib import Path

import pytest

from unit.reception.smtpd.sasl.test_auth import RIGHT, play_with_dovecot
from unit.reception.smtpd.scene import Scene, play

TABLE = "hash:/footers"
UNKNOWN = (
    "550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in local recipient table"
)


def refused(tmp_path: Path, table: dict[str, str] | None = None, **settings: object) -> Scene:
    """A session with a recipient that does not exist; its replies are the scene's ``replies``."""
    replies: list[str] = []

    async def story(scene: Scene) -> None:
        if table is not None:
            scene.world.tables[TABLE] = {key.lower(): value for key, value in table.items()}
        client = await scene.client()
        replies.extend(await client.mail("x@example.com", "user@example.com"))
        await client.quit()

    scene = play(tmp_path, story, **settings)
    assert replies[0].startswith("250 2.1.0 ")
    assert replies[2].startswith("250 2.1.5 ")
    assert scene.log(f"{UNKNOWN.partition('<')[2]}; from=")
    scene.replies = replies  # type: ignore[attr-defined]
    return scene


def reply(tmp_path: Path, table: dict[str, str] | None = None, **settings: object) -> str:
    """To that recipient."""
    scene = refused(tmp_path, table, **settings)
    return str(scene.replies[1]).replace("\r\n", "|")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("", UNKNOWN),
        ("Call us", f"{UNKNOWN.replace('550 ', '550-', 1)}|550 5.1.1 Call us"),
        (
            r"Call us\nat once",
            f"{UNKNOWN.replace('550 ', '550-', 1)}|550-5.1.1 Call us|550 5.1.1 at once",
        ),
        (r"\c, sorry", f"{UNKNOWN}, sorry"),
        (r"\c, sorry\nreally", f"{UNKNOWN.replace('550 ', '550-', 1)}, sorry|550 5.1.1 really"),
        (
            r"\c: $client_name[${client_address}] $helo_name $(server_name)$$",
            f"{UNKNOWN}: localhost[127.0.0.1] client.example mail.example.com$",
        ),
        (r"\c${sender?: no sender}${client_port?: a port}", f"{UNKNOWN}: a port"),
        (r"\c$unknown.", f"{UNKNOWN}."),
        (r"\c${client", UNKNOWN),
    ],
)
def test_a_footer_stands_behind_each_refusal(tmp_path: Path, footer: str, expected: str) -> None:
    assert reply(tmp_path, smtpd_reject_footer=footer) == expected


def test_a_footer_tells_the_time_as_the_log_does(tmp_path: Path) -> None:
    before = time.strftime("%b %d %H:%M")
    found = reply(tmp_path, smtpd_reject_footer=r"\c at $localtime")
    assert found.removeprefix(f"{UNKNOWN} at ")[:12] in (before, time.strftime("%b %d %H:%M"))


def test_of_an_unknown_name_in_a_footer_the_log_tells(tmp_path: Path) -> None:
    scene = refused(tmp_path, smtpd_reject_footer=r"\c$sender")
    assert scene.log('warning: unknown macro name "sender" in expansion request')


def test_what_a_client_says_of_itself_brings_no_other_characters_into_a_reply(
    tmp_path: Path,
) -> None:
    found = reply(
        tmp_path, smtpd_reject_footer=r"\c $helo_name", smtpd_expansion_filter=r"cl\151ent"
    )
    assert found == f"{UNKNOWN} client_e____le"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({UNKNOWN: r"\c from table"}, f"{UNKNOWN} from table"),
        ({"550 5.1.1": r"\c from table"}, f"{UNKNOWN} from main.cf"),
        (None, f"{UNKNOWN} from main.cf"),
    ],
)
def test_a_table_can_have_another_footer_for_a_reply(
    tmp_path: Path, table: dict[str, str] | None, expected: str
) -> None:
    settings = {"smtpd_reject_footer_maps": (TABLE,), "smtpd_reject_footer": r"\c from main.cf"}
    assert reply(tmp_path, table, **settings) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("450 4.2.0 Later", "450 4.2.0 Later"),
        ("450 5.2.0 Later", "450 4.2.0 Later"),
        ("450 Later", "450 Later"),
        ("250 2.1.5 Ok", UNKNOWN),
        ("Later", UNKNOWN),
    ],
)
def test_a_table_can_have_another_refusal(tmp_path: Path, other: str, expected: str) -> None:
    scene = refused(tmp_path, {UNKNOWN: other}, smtpd_reject_filter_maps=(TABLE,))
    assert scene.replies[1] == expected  # type: ignore[attr-defined]
    assert bool(scene.log("is no reply that refuses")) == (expected == UNKNOWN)


def test_the_footer_is_that_of_the_refusal_that_takes_the_place(tmp_path: Path) -> None:
    found = reply(
        tmp_path,
        {UNKNOWN: "450 4.2.0 Later", "450 4.2.0 Later": r"\c, please"},
        smtpd_reject_filter_maps=(TABLE,),
        smtpd_reject_footer_maps=(TABLE,),
    )
    assert found == "450 4.2.0 Later, please"


def test_every_kind_of_refusal_has_the_footer_and_the_order_of_replies_is_kept(
    tmp_path: Path,
) -> None:
    """Of grammar, of order, of a whole group of commands, and the last of a session."""
    ends = {"smtpd_reject_footer": r"\c!", "smtpd_reject_footer_maps": (TABLE,)}

    async def story(scene: Scene) -> None:
        scene.world.tables[TABLE] = {}
        client = await scene.client()
        client.send(
            "MAIL FROM:<a@b.example>\r\nRCPT TO:<x@example.com>\r\n"
            "RCPT TO:<user@example.com>\r\nRCPT to me\r\nNOPE\r\n"
        )
        replies = [await client.reply() for _ in range(5)]
        assert [one[:3] for one in replies] == ["250", "550", "250", "501", "500"]
        assert [one[-1] == "!" for one in replies] == [False, True, False, True, True]
        assert (await client.reply()).endswith("Error: timeout exceeded!")
        assert await client.reply() == ""

    play(tmp_path, story, smtpd_timeout=0.3, **ends)


def test_soft_bounce_makes_refusals_and_their_footers_temporary(tmp_path: Path) -> None:
    found = reply(tmp_path, smtpd_reject_footer="Call us", soft_bounce=True)
    assert found.startswith("450-4.1.1 <x@")
    assert found.endswith("|450 4.1.1 Call us")


def test_a_refusal_of_auth_has_the_footer(tmp_path: Path) -> None:
    async def story(scene: Scene, _: object) -> None:
        client = await scene.client()
        assert (await client.say("AUTH NONE")).endswith("!")
        assert (await client.say(RIGHT)).startswith("235 ")
        await client.quit()

    settings = {"smtpd_reject_footer": r"\c!", "smtpd_sasl_mechanism_filter": ("plain",)}
    play_with_dovecot(tmp_path, story, **settings)
