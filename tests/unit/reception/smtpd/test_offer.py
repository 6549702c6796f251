"""What EHLO says can depend on who asks."""

from pathlib import Path

import pytest

from unit.reception.smtpd.sasl.test_auth import RIGHT, play_with_dovecot
from unit.reception.smtpd.scene import Scene, play

TABLE = "hash:/offers"
BY_ADDRESS = {
    "smtpd_discard_ehlo_keyword_address_maps": (TABLE,),
    "smtpd_discard_ehlo_keywords": ("dsn",),
}


def offered(tmp_path: Path, entries: dict[str, str] | None) -> tuple[set[str], Scene]:
    """Those of a few keywords that are said to a client at 127.0.0.1, whatever their order."""
    said: list[str] = []

    async def story(scene: Scene) -> None:
        if entries is not None:
            scene.world.tables[TABLE] = entries
        client = await scene.connect()
        await client.reply()
        said.append(await client.say("EHLO x"))
        await client.quit()

    scene = play(tmp_path, story, **BY_ADDRESS)
    words = set(said[0].replace("\r\n", " ").replace("-", " ").split())
    return words & {"DSN", "CHUNKING", "SIZE"}, scene


@pytest.mark.parametrize(
    ("entries", "keywords", "discarded"),
    [
        ({}, {"CHUNKING", "SIZE"}, "DSN"),
        ({"127.0.0.2": "chunking"}, {"CHUNKING", "SIZE"}, "DSN"),
        ({"localhost": "chunking"}, {"CHUNKING", "SIZE"}, "DSN"),
        ({"127.0.0.1": "chunking, Size"}, {"DSN"}, "SIZE CHUNKING"),
        ({"127.0.0.1": "chunking silent-discard"}, {"DSN", "SIZE"}, ""),
        ({"127.0.0.1": ""}, {"DSN", "CHUNKING", "SIZE"}, ""),
        (None, {"CHUNKING", "SIZE"}, "DSN"),
    ],
)
def test_a_table_has_what_is_not_announced_to_an_address(
    tmp_path: Path, entries: dict[str, str] | None, keywords: set[str], discarded: str
) -> None:
    found, scene = offered(tmp_path, entries)
    assert found == keywords
    logged = [f"discarding EHLO keywords: {discarded}"] if discarded else []
    assert scene.log("discarding") == logged
    assert bool(scene.log("lookup error")) == (entries is None)


@pytest.mark.parametrize("hidden", [True, False])
def test_auth_can_be_hidden_from_an_address(tmp_path: Path, hidden: bool) -> None:
    """And cannot be used then; where a table has nothing of it, it is there again."""

    async def story(scene: Scene, _: object) -> None:
        scene.world.tables[TABLE] = {"127.0.0.1": "auth" if hidden else "dsn"}
        client = await scene.connect()
        await client.reply()
        assert ("AUTH" in await client.say("EHLO x")) is not hidden
        assert (await client.say(RIGHT)).startswith("503 5.5.1" if hidden else "235 ")
        await client.quit()

    words = () if hidden else ("auth",)
    settings = BY_ADDRESS | {"smtpd_discard_ehlo_keywords": words}
    settings["smtpd_sasl_mechanism_filter"] = ("plain",)
    play_with_dovecot(tmp_path, story, **settings)
