"""Play a story with scripted servers to its end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field
from unit.delivery.client.scripted_peer import Peer


def play(story: Callable[[], Awaitable[Any]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(9):
            await story()
        for _ in range(3):
            await asyncio.sleep(0.001)  # Transports close in a later turn of the loop.

    asyncio.run(whole())


async def sent(field: Field, peer: Peer, *recipients: str, **more: Any) -> list[str]:
    """The statuses after one message to ``peer``, which is there for it alone."""
    await peer.start()
    await deliver(field.ways, field.attempt(f"[127.0.0.1]:{peer.port}", *recipients, **more))
    await peer.stop()
    return field.statuses
