"""Any call may fail at any time: mail is refused or kept, and all is well when the disk is."""

import asyncio
import errno
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.record import Corrupt
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage
from unit.spool.faulty_disk import READS, WRITES, FaultyDisk
from unit.spool.life import FIRST, Life, found_in

NUMBER = FIRST + 1


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small segments, and pauses that are over at once."""
    for name in ("segment", "journal"):
        monkeypatch.setattr(f"postroom.spool.{name}.SIZE", 1024 * 1024)
    for name in ("store", "journal", "queue_directory"):
        monkeypatch.setattr(f"postroom.spool.{name}.RETRY_DELAY", 0.02)
    monkeypatch.setattr("postroom.spool.file_batch.GATHER_SECONDS", 0)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    return FaultyDisk(monkeypatch)


async def add(spool: Spool, number: int = NUMBER) -> StoredMessage | None:
    stored: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
    envelope = Envelope("me@example.org", (Recipient("a@b.example"), Recipient("c@b.example")), 1.0)
    spool.add(format_queue_id(number), envelope, b"Subject: x\r\n", stored.set_result)
    return await stored


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.01)


def run(directory: Path, work: Callable[[Spool, list[str]], Awaitable[None]]) -> None:
    async def main() -> None:
        said: list[str] = []
        spool = Spool(directory, said.append)
        await work(spool, said)
        await spool.close(NUMBER)

    asyncio.run(main())


def test_mail_that_is_there_is_delivered_from_a_read_only_disk(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    """What becomes of it is kept in mind until it can be written."""

    async def work(spool: Spool, said: list[str]) -> None:
        messages = [await add(spool, NUMBER + number) for number in range(20)]
        disk.is_read_only()
        for message in messages:
            assert message is not None
            assert message.content() == b"Subject: x\r\n"
            message.forget()
        assert await add(spool, NUMBER + 50) is None
        assert len(said) <= 2
        disk.heal()
        await until(lambda: _accepts(spool))

    run(tmp_path, work)
    assert set(asyncio.run(found_in(tmp_path))) == {NUMBER + 99}


async def _accepts(spool: Spool) -> bool:
    return await add(spool, NUMBER + 99) is not None


def test_files_that_were_done_on_a_read_only_disk_are_removed_and_marked_later(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    async def work(spool: Spool, said: list[str]) -> None:
        for number in (1, 2):
            message = await add(spool, NUMBER + number)
            assert message is not None
            await message.wait(spool.deferred, message.state, 5.0)
        first, second = await spool.load(spool.deferred, spool.deferred.queue_ids())
        disk.is_read_only()
        first.forget()
        second.recipients_done((0,))
        await asyncio.sleep(0.1)
        assert spool.deferred.file(first.queue_id).exists()
        assert not spool.deferred.holds(first.queue_id)
        disk.heal()
        assert len(said) <= 2

    run(tmp_path, work)
    (message,) = asyncio.run(found_in(tmp_path)).values()
    assert message.done == {0}


def test_nothing_is_tried_of_which_nothing_could_be_recorded(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    async def work(spool: Spool, said: list[str]) -> None:
        for number in range(5):
            message = await add(spool, NUMBER + number)
            assert message is not None
            await message.wait(spool.deferred, message.state, 5.0)
        names = spool.deferred.queue_ids()
        disk.is_read_only()
        assert await spool.load(spool.deferred, names) == []
        assert len(said) == 1
        assert len(await spool.load(spool.deferred, names, verify=False)) == 5
        disk.heal()
        assert len(await spool.load(spool.deferred, names)) == 5

    run(tmp_path, work)


def test_a_full_disk_takes_mail_while_the_journal_has_room(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    """Its blocks are there; what has to wait stays where it is."""

    async def work(spool: Spool, _: list[str]) -> None:
        assert await add(spool) is not None
        disk.is_full()
        message = await add(spool, NUMBER + 1)
        assert message is not None
        with pytest.raises(OSError, match="No space"):
            await message.wait(spool.deferred, message.state, 5.0)
        with pytest.raises(OSError, match="No space"):
            spool.receive()
        disk.heal()
        await message.wait(spool.deferred, message.state, 5.0)

    run(tmp_path, work)


def test_a_message_that_cannot_be_read_frees_its_segment_and_is_kept_for_a_human(
    tmp_path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.spool.store.MAX_KEPT", 0)

    async def work(spool: Spool, said: list[str]) -> None:
        message = await add(spool)
        assert message is not None
        disk.verdict = lambda name: errno.EIO if name == "pread" else 0
        with pytest.raises(OSError, match="Input/output"):
            await message.wait(spool.deferred, message.state, 5.0)
        assert spool.holds(message.queue_id)
        spool._crowded(spool._journal._current)
        assert not spool.holds(message.queue_id)
        assert spool._journal.live == 0
        assert message.queue_id in said[0]
        with pytest.raises(Corrupt):
            await message.wait(spool.deferred, message.state, 5.0)
        message.forget()
        disk.heal()

    run(tmp_path, work)
    assert asyncio.run(found_in(tmp_path)) == {}
    (kept,) = (tmp_path / "corrupt").iterdir()
    assert format_queue_id(NUMBER) in kept.name


def test_unreadable_blocks_cost_only_the_mail_in_them(tmp_path: Path, disk: FaultyDisk) -> None:
    """And the start goes through; the segment is kept for a human when it is free."""
    asyncio.run(_fill_and_stop(tmp_path))
    (path,) = (tmp_path / "journal").glob("*.journal")
    size = len(path.read_bytes().rstrip(b"\0"))
    reads = 0

    def verdict(name: str) -> int:
        nonlocal reads
        reads += name == "preadv"
        # The first piece as a whole, then its third block.
        return errno.EIO if name == "preadv" and reads in (1, 4) else 0

    disk.verdict = verdict

    async def work(spool: Spool, said: list[str]) -> None:
        messages = await spool.survivors()
        assert size // 4096 - 3 <= len(messages) < 20
        assert "4096 bytes of" in said[0]
        for message in messages:
            assert message.content() == b"Subject: x\r\n"
            message.forget()

    run(tmp_path, work)


async def _fill_and_stop(directory: Path) -> None:
    spool = Spool(directory, pytest.fail)
    for number in range(20):
        await add(spool, NUMBER + number)
    await spool._journal.close()


def test_large_mail_that_cannot_be_read_at_a_start_is_tried_again_later(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    async def stop_with_a_large_message() -> None:
        await Life(Spool(tmp_path, pytest.fail), 1).add_large()

    asyncio.run(stop_with_a_large_message())

    async def work(spool: Spool, said: list[str]) -> None:
        disk.verdict = lambda name: errno.EIO if name == "pread" else 0
        assert await spool.survivors() == []
        assert len(said) == 1
        disk.heal()
        (message,) = await spool.load(spool.deferred, spool.deferred.queue_ids())
        assert message.size == 100_000

    run(tmp_path, work)


@pytest.mark.parametrize("call", [*READS, *WRITES])
@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_one_failed_call_loses_nothing_and_brings_nothing_back(
    tmp_path: Path, disk: FaultyDisk, call: str, number: int
) -> None:
    async def trouble(life: Life) -> None:
        await life.add()
        disk.fails_once(call, number)

    _survives(tmp_path, disk, number, trouble, steps=20)


@pytest.mark.parametrize("seed", range(6))
def test_a_disk_that_fails_now_and_then_loses_nothing_and_brings_nothing_back(
    tmp_path: Path, disk: FaultyDisk, seed: int
) -> None:
    chance = random.Random(seed)

    def verdict(_: str) -> int:
        return chance.choice((errno.EIO, errno.ENOSPC)) if chance.random() < 0.1 else 0

    async def trouble(_: Life) -> None:
        disk.verdict = verdict

    _survives(tmp_path, disk, seed, trouble, steps=40)


def _survives(
    directory: Path,
    disk: FaultyDisk,
    seed: int,
    trouble: Callable[[Life], Awaitable[None]],
    *,
    steps: int,
) -> None:
    """A life with trouble, and what is found of it."""

    async def live() -> Life:
        spool = Spool(directory, lambda _: None)
        life = Life(spool, seed)
        await trouble(life)
        for _ in range(steps):
            await _tolerant_step(life)
        disk.heal()
        await spool.close(FIRST + 1000)
        return life

    _check(asyncio.run(live()), asyncio.run(found_in(directory)))


async def _tolerant_step(life: Life) -> None:
    """As qmgr does: what cannot wait stays active, what is refused was never ours."""
    try:
        await life.step()
    except OSError:
        return


def _check(life: Life, found: dict[int, StoredMessage]) -> None:
    assert set(found) == set(life.owed)
    for number, owed in life.owed.items():
        message = found[number]
        recipients = message.state.envelope.recipients
        served = {recipients[index].address for index in message.done}
        assert {r.address for r in recipients} - served == owed
        assert message.content() == life.contents[number]


def test_a_failed_write_is_never_tried_again_on_its_descriptor(
    tmp_path: Path, disk: FaultyDisk
) -> None:
    synced: list[int] = []
    real = os.fdatasync

    async def work(spool: Spool, _: list[str]) -> None:
        assert await add(spool) is not None
        segment = spool._journal._current
        assert segment is not None
        disk.fails_once("fdatasync", 1)
        assert await add(spool, NUMBER + 1) is None
        os.fdatasync = lambda descriptor: (synced.append(descriptor), real(descriptor))[1]
        for number in range(2, 6):
            assert await add(spool, NUMBER + number) is not None
        assert segment._descriptor not in synced
        os.fdatasync = real

    run(tmp_path, work)
    assert set(asyncio.run(found_in(tmp_path))) == {NUMBER, *range(NUMBER + 2, NUMBER + 6)}
