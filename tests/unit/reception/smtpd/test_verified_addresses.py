"""reject_unverified_sender and _recipient: what a probe has shown decides."""

import time
from pathlib import Path

import pytest

from postroom.contracts.verify import State, Verified, Verify
from postroom.mail.probe_sender import ProbeSender
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

SENDER = {"smtpd_sender_restrictions": ("reject_unverified_sender",)}
RECIPIENT = {"smtpd_recipient_restrictions": ("reject_unverified_recipient",)}
QUICK = {"address_verify_poll_count": 2, "address_verify_poll_delay": 0.0}


async def rcpt(client: Talker) -> str:
    return (await client.mail("user@example.com"))[1]


@pytest.mark.parametrize(
    ("found", "reply"),
    [
        (Verified(State.DELIVERABLE, "250 yes"), "250 2.1.5 Ok"),
        (
            Verified(State.UNDELIVERABLE, "host said: 550 no"),
            "550 5.1.1 <user@example.com>: Recipient address rejected: "
            "undeliverable address: host said: 550 no",
        ),
        (
            Verified(State.UNCERTAIN, "timed out"),
            "450 4.1.1 <user@example.com>: Recipient address rejected: "
            "unverified address: timed out",
        ),
    ],
)
def test_a_recipient_is_refused_by_what_its_probe_has_shown(
    tmp_path: Path, found: Verified, reply: str
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.found = [found]
        assert await rcpt(await scene.client()) == reply

    scene = play(tmp_path, story, **RECIPIENT, **QUICK, unverified_recipient_reject_code=550)
    asked = [one for one in scene.world.asked if isinstance(one, Verify)]
    assert asked == [Verify("user@example.com")]


def test_a_probe_on_its_way_is_waited_for(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        wait = Verified(State.UNKNOWN, "Address verification in progress")
        scene.world.found = [wait, Verified(State.DELIVERABLE, "")]
        assert await rcpt(await scene.client()) == "250 2.1.5 Ok"
        scene.world.found = [wait]
        assert (await rcpt(await scene.client())).startswith("450 4.1.1 ")

    play(tmp_path, story, **RECIPIENT, **QUICK)


def test_a_sender_is_refused_with_its_own_code_and_reason(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.found = [Verified(State.UNDELIVERABLE, "host said: 550 no")]
        assert await rcpt(await scene.client()) == (
            "450 4.1.7 <a@client.example>: Sender address rejected: "
            "unverified address: nobody there"
        )

    play(tmp_path, story, **SENDER, **QUICK, unverified_sender_reject_reason="nobody there")


def test_what_is_not_known_can_be_let_through(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.found = [Verified(State.UNCERTAIN, "timed out")]
        assert await rcpt(await scene.client()) == "250 2.1.5 Ok"

    play(tmp_path, story, **SENDER, **QUICK, unverified_sender_tempfail_action="permit")


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.UNDELIVERABLE])
def test_a_code_that_refuses_nothing_lets_the_address_through(tmp_path: Path, state: State) -> None:
    """As when probes are only to be watched."""

    async def story(scene: Scene) -> None:
        scene.world.found = [Verified(state, "550 no")]
        assert await rcpt(await scene.client()) == "250 2.1.5 Ok"

    codes = ("unverified_recipient_reject_code", "unverified_recipient_defer_code")
    play(tmp_path, story, **RECIPIENT, **QUICK, **dict.fromkeys(codes, 250))


def test_mail_is_put_off_while_verify_is_away(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.down.add("verify")
        assert (await rcpt(await scene.client())).startswith("451 4.3.0 ")

    play(tmp_path, story, **RECIPIENT, **QUICK)


def test_mail_comes_back_to_the_sender_of_probes_as_long_as_it_is_theirs(tmp_path: Path) -> None:
    """What is left of the time-dependent address is the one that main.cf names."""
    ttl = 36 * 3600.0
    sender = ProbeSender.of("double-bounce", "example.com", ttl)

    async def story(scene: Scene) -> None:
        client = await scene.client()
        recent, old = sender.at(time.time()), sender.at(time.time() - 3 * ttl)
        replies = await client.mail(recent, old, sender="")
        assert replies[1] == "250 2.1.5 Ok"
        assert replies[2].startswith("550 5.1.1 ")
        await client.say("DATA")
        await client.say(".")
        await client.quit()

    scene = play(
        tmp_path, story, mynetworks=(), myorigin="example.com", address_verify_sender_ttl=ttl
    )
    ((_, envelope, _),) = scene.world.mail
    assert [one.address for one in envelope.recipients] == ["double-bounce@example.com"]
