"""What qmgr does with a spool, at random: for tests that look what is left of it."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

FIRST = 0x6553F10000000


class Life:
    """Does to a spool what qmgr does, and remembers who is owed a delivery.

    Raises OSError where the disk fails: as in qmgr, new mail is refused then, and what could
    not be put to wait has nothing else done to it but that, again.
    """

    def __init__(self, spool: Spool, seed: int) -> None:
        self.spool = spool
        self.random = random.Random(seed)
        self.count = 0
        self.active: dict[int, StoredMessage] = {}
        self.stuck: set[int] = set()
        self.waiting: dict[int, QueueDirectory] = {}
        self.owed: dict[int, set[str]] = {}
        self.contents: dict[int, bytes] = {}

    async def step(self) -> None:
        steps = [self.add, self.add, self.add_large]
        if self.active:
            steps += [self.serve_some, self.finish, self.defer, self.hold]
        if self.waiting:
            steps += [self.load]
        await self.random.choice(steps)()

    async def add(self) -> None:
        number = self._new()
        content = self.random.randbytes(self.random.randrange(60_000))
        future: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
        self.spool.add(format_queue_id(number), self._envelope(number), content, future.set_result)
        message = await future
        if message is not None:
            self._stored(number, message, content)

    async def add_large(self) -> None:
        number = self._new()
        content = self.random.randbytes(100_000)
        incoming = self.spool.receive()
        with os.fdopen(incoming.take_writer(), "wb") as writer:
            writer.write(content)
        try:
            message = await self.spool.add_file(
                format_queue_id(number), self._envelope(number), incoming, len(content)
            )
        finally:
            incoming.close()
        self._stored(number, message, content)

    async def serve_some(self) -> None:
        number, message = self._any()
        if number in self.stuck:
            return
        recipients = message.state.envelope.recipients
        index = self.random.randrange(len(recipients))
        self.owed[number].discard(recipients[index].address)
        if self.owed[number]:
            message.recipients_done((index,))
        else:
            await self._finish(number)

    async def finish(self) -> None:
        await self._finish(self._any()[0])

    async def defer(self) -> None:
        await self._wait(self.spool.deferred)

    async def hold(self) -> None:
        await self._wait(self.spool.hold)

    async def load(self) -> None:
        number = self.random.choice(list(self.waiting))
        for message in await self.spool.load(self.waiting[number], [format_queue_id(number)]):
            self.active[number] = message
            del self.waiting[number]

    async def _wait(self, queue: QueueDirectory) -> None:
        number, message = self._any()
        left = tuple(Recipient(address) for address in sorted(self.owed[number]))
        state = State(message.state.envelope.to(left), ("later",) * len(left))
        self.stuck.add(number)
        await message.wait(queue, state, 5000.0)
        self.stuck.discard(number)
        del self.active[number]
        self.waiting[number] = queue

    async def _finish(self, number: int) -> None:
        self.active.pop(number).forget()
        self.owed.pop(number)
        self.stuck.discard(number)

    def _new(self) -> int:
        self.count += 1
        return FIRST + self.count

    def _any(self) -> tuple[int, StoredMessage]:
        number = self.random.choice(list(self.active))
        return number, self.active[number]

    def _stored(self, number: int, message: StoredMessage, content: bytes) -> None:
        self.active[number] = message
        self.contents[number] = content
        self.owed[number] = {r.address for r in message.state.envelope.recipients}

    def _envelope(self, number: int) -> Envelope:
        recipients = tuple(Recipient(f"u{n}@example.com") for n in range(number % 4 + 1))
        return Envelope("me@example.org", recipients, 1000.0)


async def found_in(directory: Path) -> dict[int, StoredMessage]:
    spool = Spool(directory, warn=pytest.fail)
    messages = await spool.survivors()
    for queue in (spool.deferred, spool.hold):
        messages += await spool.load(queue, queue.queue_ids())
    assert len({message.number for message in messages}) == len(messages)
    return {message.number: message for message in messages}
