"""A probe of an address: its recipients are decided, and nothing is sent."""

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import Peer


@pytest.mark.parametrize("extensions", [("PIPELINING", "DSN"), ()])
def test_a_probe_hears_of_each_recipient_and_sends_no_message(extensions: tuple[str, ...]) -> None:
    async def story() -> None:
        replies = {"RCPT TO:<bad@": "550 5.1.1 no such user", "RCPT": "250 2.1.5 Ok"}
        peer = Peer(extensions=extensions, replies=replies)
        field = Field()
        await sent(field, peer, "ok@y.example", "bad@y.example", trace="verify")
        assert field.statuses == [
            "2.1.5 deliverable (250 2.1.5 Ok)",
            "5.1.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user "
            "(in reply to RCPT TO command))",
        ]
        assert peer.contents == []
        verbs = [command.split(" ")[0] for command in peer.sessions[0].commands]
        assert [verb for verb in verbs if verb != "QUIT"] == ["EHLO", "MAIL", "RCPT", "RCPT"]

    play(story)


def test_a_message_after_a_probe_begins_with_a_reset() -> None:
    async def story() -> None:
        peer = Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        field = Field(rules(connection_cache_destinations=(nexthop,)))
        await deliver(field.ways, field.attempt(nexthop, trace="verify"))
        await deliver(field.ways, field.attempt(nexthop))
        await peer.stop()
        (session,) = peer.sessions
        verbs = [command.split(" ")[0] for command in session.commands]
        assert verbs[:7] == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
        assert len(peer.contents) == 1

    play(story)


def test_whom_a_probe_cannot_reach_now_is_undeliverable() -> None:
    async def story() -> None:
        field, peer = Field(), Peer(replies={"RCPT": "450 4.2.0 greylisted"})
        (status,) = await sent(field, peer, trace="verify")
        assert status.startswith("4.2.0 undeliverable (host 127.0.0.1[127.0.0.1] said: 450 4.2.0")

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING", "DSN"), ()])
def test_a_probe_can_end_with_the_reply_to_data(extensions: tuple[str, ...]) -> None:
    """smtp_address_verify_target: the server waits for content, so the connection ends there."""

    async def story() -> None:
        replies = {"RCPT TO:<bad@": "550 5.1.1 no such user"}
        peer = Peer(extensions=extensions, replies=replies)
        field = Field(rules(address_verify_target="data"))
        await sent(field, peer, "ok@y.example", "bad@y.example", trace="verify")
        assert sorted(field.statuses) == [
            "2.0.0 deliverable (354 go)",
            "5.1.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user "
            "(in reply to RCPT TO command))",
        ]
        assert peer.contents == []
        verbs = [command.split(" ")[0] for command in peer.sessions[0].commands]
        assert verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "DATA"]

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_what_is_refused_at_data_is_undeliverable_where_a_probe_goes_so_far(
    extensions: tuple[str, ...],
) -> None:
    async def story() -> None:
        peer = Peer(extensions=extensions, replies={"DATA": "550 5.7.1 no"})
        (status,) = await sent(Field(rules(address_verify_target="data")), peer, trace="verify")
        assert status.startswith("5.7.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.7.1")

    play(story)
