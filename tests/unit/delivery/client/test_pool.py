"""How long and how often one connection serves (postconf(5): smtp_connection_…)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.scripted_peer import Peer


def _play(story: Callable[[], Awaitable[Any]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(9):
            await story()

    asyncio.run(whole())


async def _messages_per_connection(messages: int, **settings: Any) -> list[int]:
    """One message after the other, for a destination whose connections are always kept."""
    peer = Peer()
    await peer.start()
    nexthop = f"[127.0.0.1]:{peer.port}"
    field = Field(rules(connection_cache_destinations=(nexthop,), **settings))
    for _ in range(messages):
        await deliver(field.ways, field.attempt(nexthop))
    await peer.stop()
    assert len(peer.contents) == messages
    return [len(session.contents) for session in peer.sessions]


@pytest.mark.parametrize(("limit", "expected"), [(0, [5]), (1, [2, 2, 1]), (2, [3, 2])])
def test_a_connection_is_used_again_as_often_as_the_limit_says(
    limit: int, expected: list[int]
) -> None:
    async def story() -> None:
        found = await _messages_per_connection(5, connection_reuse_count_limit=limit)
        assert found == expected

    _play(story)


def test_a_connection_that_is_too_old_is_not_used_again() -> None:
    async def story() -> None:
        # Even the least time is over when a message is through.
        found = await _messages_per_connection(3, connection_reuse_time_limit=1e-9)
        assert found == [1, 1, 1]

    _play(story)


def test_many_messages_at_once_use_a_connection_each_and_later_ones_these() -> None:
    """What the scheduler allows at a time is not queued up here."""

    async def story() -> None:
        field, peer = Field(), Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        for _ in range(3):
            await asyncio.gather(
                *(deliver(field.ways, field.attempt(nexthop)) for _ in range(4)),
            )
        await peer.stop()
        assert [len(session.contents) for session in peer.sessions] == [3, 3, 3, 3]

    _play(story)


@pytest.mark.parametrize("limit", ["connection_cache_time_limit", "connection_cache_ttl_limit"])
def test_a_connection_that_is_idle_for_too_long_is_closed_with_a_quit(limit: str) -> None:
    async def story() -> None:
        peer = Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        field = Field(rules(connection_cache_destinations=(nexthop,), **{limit: 0.05}))
        await deliver(field.ways, field.attempt(nexthop))
        assert field.activity.busy
        while "QUIT" not in peer.sessions[0].commands:
            await asyncio.sleep(0.005)
        assert not field.activity.busy
        await peer.stop()

    _play(story)
