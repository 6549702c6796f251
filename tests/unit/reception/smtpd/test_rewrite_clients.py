"""Whose headers are completed like those of our own users (local_header_rewrite_clients)."""

from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play

HERE, ELSEWHERE = "hash:/here", "hash:/elsewhere"


@pytest.mark.parametrize(
    ("words", "among"),
    [
        ((), False),
        (("permit_inet_interfaces",), True),
        (("permit_mynetworks", "permit_sasl_authenticated"), False),
        ((HERE,), True),
        (("permit_mynetworks", "check_address_map", HERE), True),
        (("CHECK_ADDRESS_MAP", ELSEWHERE, "Permit_Inet_Interfaces"), True),
        ((ELSEWHERE,), False),
        (("permit",), False),
    ],
)
def test_clients_are_named_by_what_permits_them_or_by_a_table_with_their_address(
    tmp_path: Path, words: tuple[str, ...], *, among: bool
) -> None:
    """Whatever a table has for the address, and not by its name or network."""

    async def story(scene: Scene) -> None:
        scene.world.tables[HERE] = {"127.0.0.1": "REJECT all"}
        scene.world.tables[ELSEWHERE] = {"localhost": "OK", "127.0.0": "OK", "127.0.0.2": "OK"}
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, local_header_rewrite_clients=words)
    assert scene.world.mail[0][1].rewrite_locally is among


def test_mail_waits_while_that_cannot_be_told(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message()).startswith("451 4.3.0 ")
        await client.quit()

    scene = play(tmp_path, story, local_header_rewrite_clients=("hash:/away",))
    assert "local_header_rewrite_clients: " in " ".join(scene.log("warning: "))
