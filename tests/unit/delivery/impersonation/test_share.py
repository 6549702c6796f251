"""One user's mail does not take all workers, however long it keeps those it has."""

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from typing import Any

from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Message, RunCommand

TASK = RunCommand("x", ("/x",), {}, "/", 1.0, Message(b"", 0, content=b""), "done")


class Sleepers:
    """A nursery whose workers never finish."""

    def __init__(self) -> None:
        self.made: Counter[int] = Counter()
        self._lines: list[socket.socket] = []

    def worker(self, identity: Identity) -> socket.socket:
        self.made[identity.uid] += 1
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lines += pair
        return pair[0]

    def close(self) -> None:
        for line in self._lines:
            line.close()


def test_others_have_a_worker_while_one_user_s_commands_sleep() -> None:
    nursery: Any = Sleepers()

    async def run() -> None:
        pool = WorkerPool(nursery, limit=4, share=2)
        wishes = [1, 1, 1, 1, 1, 2, 3, 3]
        content = Content(0, data=b"")
        tasks = [
            asyncio.ensure_future(pool.perform(Identity(uid, uid, (number,)), TASK, content))
            for number, uid in enumerate(wishes)
        ]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(run())
    nursery.close()
    assert nursery.made == {1: 2, 2: 1, 3: 1}
