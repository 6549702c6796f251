"""The directory, copied after every step of a random life, always holds all that was promised."""

import asyncio
import os
import random
import shutil
from pathlib import Path

import pytest

from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

FIRST = 0x6553F10000000
STEPS = 40


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)


class Life:
    """Does to a spool what qmgr does, and remembers who is owed a delivery."""

    def __init__(self, spool: Spool, seed: int) -> None:
        self.spool = spool
        self.random = random.Random(seed)
        self.active: dict[int, StoredMessage] = {}
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
        number = FIRST + len(self.contents)
        content = self.random.randbytes(self.random.randrange(60_000))
        future: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
        self.spool.add(format_queue_id(number), self._envelope(number), content, future.set_result)
        message = await future
        assert message is not None
        self._stored(number, message, content)

    async def add_large(self) -> None:
        number = FIRST + len(self.contents)
        content = self.random.randbytes(100_000)
        incoming = self.spool.receive()
        with os.fdopen(incoming.take_writer(), "wb") as writer:
            writer.write(content)
        queue_id = format_queue_id(number)
        message = await self.spool.add_file(
            queue_id, self._envelope(number), incoming, len(content)
        )
        incoming.close()
        self._stored(number, message, content)

    async def serve_some(self) -> None:
        number, message = self._any()
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
        queue = self.waiting.pop(number)
        (self.active[number],) = await self.spool.load(queue, [format_queue_id(number)])

    async def _wait(self, queue: QueueDirectory) -> None:
        number, message = self._any()
        left = tuple(Recipient(address) for address in sorted(self.owed[number]))
        state = State(message.state.envelope.to(left), ("later",) * len(left))
        await message.wait(queue, state, 5000.0)
        del self.active[number]
        self.waiting[number] = queue

    async def _finish(self, number: int) -> None:
        self.active.pop(number).forget()
        self.owed.pop(number)

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


@pytest.mark.parametrize("seed", range(4))
def test_everything_promised_is_found_after_a_stop_at_any_step(tmp_path: Path, seed: int) -> None:
    async def live() -> None:
        directory = tmp_path / "spool"
        directory.mkdir()
        spool = Spool(directory, warn=pytest.fail)
        life = Life(spool, seed)
        for step in range(STEPS):
            await life.step()
            copy = tmp_path / str(step)
            shutil.copytree(directory, copy)
            found = await found_in(copy)
            for number, owed in life.owed.items():
                message = found[number]
                recipients = message.state.envelope.recipients
                served = {recipients[index].address for index in message.done}
                assert owed <= {r.address for r in recipients} - served
                assert message.content() == life.contents[number]
            shutil.rmtree(copy)
        await spool.close(FIRST + 1000)

    asyncio.run(live())
