"""A connection outlives its message while there is more mail for it."""

import asyncio

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field
from unit.delivery.client.play import play
from unit.delivery.client.scripted_peer import DROP, Peer


def test_a_connection_is_kept_only_while_mail_for_it_comes() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        for _ in range(4):
            await deliver(field.ways, field.attempt(nexthop))
        assert [len(session.contents) for session in peer.sessions] == [1, 3]
        assert "conn_use=3" in field.journal.lines[-1]
        assert field.activity.busy, "an idle connection wants to be closed in good order"
        await peer.stop()
        await asyncio.sleep(0.05)
        assert not field.activity.busy

    play(story)


def test_a_kept_connection_that_died_costs_nothing() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        for _ in range(2):
            await deliver(field.ways, field.attempt(nexthop))
        peer.replies = {"MAIL": DROP}
        asyncio.get_running_loop().call_later(0.05, setattr, peer, "replies", {})
        await deliver(field.ways, field.attempt(nexthop))
        assert len(peer.sessions) == 3
        await peer.stop()

    play(story)
