"""What the queue commands ask the queue manager, one question after the other."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from postroom.contracts import queue_admin, showq
from postroom.contracts.showq import Entry, List
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question
from postroom.systemd.places import socket_path

A = TypeVar("A")


def anybody() -> Client:
    """Asks what every user may ask."""
    return _client(showq.CONTRACT)


def superuser() -> Client:
    """Asks what only the superuser may ask."""
    return _client(queue_admin.CONTRACT)


def ask_once(question: Question[A]) -> A:
    """The answer to a question any user may ask; raises Unavailable."""

    async def ask() -> A:
        client = anybody()
        try:
            return await client.ask(question)
        finally:
            client.close()

    return asyncio.run(ask())


async def entries(client: Client) -> AsyncIterator[Entry]:
    """Every queued message, oldest first, as pages arrive; raises Unavailable."""
    after, more = "", True
    while more:
        page = await client.ask(List(after))
        for entry in page.entries:
            yield entry
        more = page.more and bool(page.entries)
        if page.entries:
            after = page.entries[-1].queue_id


def _client(contract: Contract) -> Client:
    return Client(socket_path(contract.name), contract)
