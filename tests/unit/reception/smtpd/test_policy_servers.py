"""check_policy_service: a server gets what is known of a command, and its action is done."""

from pathlib import Path

import pytest

from postroom.contracts.policy_client import Ask
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

SERVER = "inet:192.0.2.1:10023"
ASKED = {"smtpd_recipient_restrictions": ("check_policy_service", SERVER)}


async def rcpt(client: Talker) -> str:
    return (await client.mail("user@example.com"))[1]


@pytest.mark.parametrize(
    ("action", "reply"),
    [
        ("DUNNO", "250 2.1.5 Ok"),
        ("OK", "250 2.1.5 Ok"),
        ("REJECT no spam", "554 5.7.1 <user@example.com>: Recipient address rejected: no spam"),
        (
            "DEFER_IF_PERMIT Greylisted",
            "450 4.7.1 <user@example.com>: Recipient address rejected: Greylisted",
        ),
        ("451 4.3.5 Later", "451 4.3.5 <user@example.com>: Recipient address rejected: Later"),
    ],
)
def test_the_action_of_a_server_is_done(tmp_path: Path, action: str, reply: str) -> None:
    async def story(scene: Scene) -> None:
        scene.world.action = action
        assert await rcpt(await scene.client()) == reply

    play(tmp_path, story, **ASKED)


def test_a_server_that_cannot_be_asked_puts_mail_off(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.down.add("policy")
        assert (await rcpt(await scene.client())).startswith("451 4.3.0 ")

    assert play(tmp_path, story, **ASKED).log(f"warning: policy server {SERVER}: ")


def test_a_server_is_told_all_that_is_known(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("MAIL FROM:<a@client.example> SIZE=123")
        await client.say("RCPT TO:<user@example.com>")
        await client.say("RCPT TO:<other@example.com>")
        await client.message()
        await client.mail("user@example.com")

    restrictions = ASKED | {"smtpd_data_restrictions": ("check_policy_service", SERVER)}
    scene = play(tmp_path, story, **restrictions)
    asked = [one for one in scene.world.asked if isinstance(one, Ask)]
    assert {one.server for one in asked} == {SERVER}
    first, second, data, later = (_values(one.attributes) for one in asked)
    assert next(iter(first)) == "request"
    expected = {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "protocol_name": "ESMTP",
        "client_address": "127.0.0.1",
        "helo_name": "client.example",
        "sender": "a@client.example",
        "recipient": "user@example.com",
        "recipient_count": "0",
        "queue_id": "",
        "size": "123",
        "encryption_protocol": "",
        "sasl_username": "",
    }
    assert expected.items() <= first.items()
    assert second["queue_id"] != ""
    assert (data["protocol_state"], data["recipient_count"], data["recipient"]) == ("DATA", "2", "")
    assert first["instance"] == second["instance"] == data["instance"] != later["instance"]


def _values(attributes: tuple[str, ...]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in attributes)
