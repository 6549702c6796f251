"""Have all deferred mail tried now."""

import asyncio

from postroom.contracts.showq import CONTRACT, Flush
from postroom.ipc.client import Client
from postroom.systemd.places import socket_path


def flush() -> None:
    """Raises postroom.ipc.contract.Unavailable."""
    asyncio.run(_flush())


async def _flush() -> None:
    client = Client(socket_path(CONTRACT.name), CONTRACT)
    try:
        await client.ask(Flush())
    finally:
        client.close()
