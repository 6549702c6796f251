"""Group commit, and what it does when the disk fails."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest

from postroom.spool import segment as segment_module
from postroom.spool.disk_pace import DiskPace
from postroom.spool.journal import MARK_DELAY, Journal
from postroom.spool.place import Place
from postroom.spool.record import Kind, scan
from postroom.spool.segment import Segment


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)


@pytest.fixture(autouse=True, params=[True, False], ids=["in the loop", "in a thread"])
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the disk is held to be so quick that the loop waits for it."""
    monkeypatch.setattr(DiskPace, "quick", request.param)


class Disk:
    """Counts syncs, and fails those it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.syncs = 0
        self.failing: set[int] = set()
        self.synced: list[int] = []
        self._real = os.fdatasync
        monkeypatch.setattr(segment_module.os, "fdatasync", self._sync)

    def _sync(self, descriptor: int) -> None:
        self.syncs += 1
        self.synced.append(descriptor)
        if self.syncs in self.failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._real(descriptor)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


async def store(journal: Journal, number: int, payload: bytes = b"x" * 100) -> Place | None:
    future: asyncio.Future[Place | None] = asyncio.get_running_loop().create_future()
    journal.append(number, (payload,), future.set_result)
    return await future


def play(directory: Path, work: Callable[[Journal], Awaitable[None]]) -> list[str]:
    said: list[str] = []

    async def main() -> None:
        journal = Journal(directory, (), lambda _: None, said.append)
        await work(journal)
        await journal.close()

    asyncio.run(main())
    return said


def records(directory: Path) -> Iterable[tuple[Kind, int]]:
    for path in sorted(directory.glob("*.journal")):
        data = path.read_bytes()
        for record in scan(data, int(path.stem, 16)):
            yield record.kind, record.number


def test_many_messages_share_one_sync(tmp_path: Path, disk: Disk) -> None:
    async def work(journal: Journal) -> None:
        places = await asyncio.gather(*(store(journal, number) for number in range(1, 201)))
        assert all(places)

    play(tmp_path, work)
    assert disk.syncs <= 3


def test_nothing_is_acknowledged_before_its_sync_returned(tmp_path: Path, disk: Disk) -> None:
    async def work(journal: Journal) -> None:
        for number in range(1, 6):
            before = disk.syncs
            assert await store(journal, number) is not None
            assert disk.syncs == before + 1

    play(tmp_path, work)


def test_failed_sync_refuses_its_whole_batch_and_leaves_the_segment(
    tmp_path: Path, disk: Disk
) -> None:
    async def work(journal: Journal) -> None:
        first = await store(journal, 1)
        assert first is not None
        disk.failing = {disk.syncs + 1}
        assert await asyncio.gather(store(journal, 2), store(journal, 3)) == [None, None]
        bad = disk.synced[-1]
        for number in range(4, 10):
            place = await store(journal, number)
            assert place is not None
            assert place.segment is not first.segment
        assert bad not in disk.synced[disk.synced.index(bad) + 2 :]
        assert first.read() == b"x" * 100

    said = play(tmp_path, work)
    assert len(said) == 1
    assert "Input/output error: segment given up" in said[0]


def test_marks_of_a_failed_batch_are_written_elsewhere(tmp_path: Path, disk: Disk) -> None:
    async def work(journal: Journal) -> None:
        place = await store(journal, 1)
        assert place is not None
        disk.failing = {disk.syncs + 1}
        journal.mark(Kind.DONE, 1)
        await asyncio.sleep(0.1)

    play(tmp_path, work)
    assert list(records(tmp_path))[-1] == (Kind.DONE, 1)


def test_that_a_message_was_refused_is_marked_without_waiting_for_company(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.spool.journal.MARK_DELAY", 60)

    async def work(journal: Journal) -> None:
        await store(journal, 1)
        disk.failing = {disk.syncs + 1}
        assert await store(journal, 2) is None
        async with asyncio.timeout(30):
            while (Kind.DONE, 2) not in records(tmp_path):
                await asyncio.sleep(0.05)

    play(tmp_path, work)


def test_lone_mark_waits_for_company(tmp_path: Path, disk: Disk) -> None:
    async def work(journal: Journal) -> None:
        await store(journal, 1)
        journal.mark(Kind.DONE, 1)
        before = disk.syncs
        await store(journal, 2)
        assert disk.syncs == before + 1

    play(tmp_path, work)
    assert list(records(tmp_path)) == [(Kind.MESSAGE, 1), (Kind.DONE, 1), (Kind.MESSAGE, 2)]


def test_a_mark_made_when_its_batch_is_written_waits_for_company_too(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.spool.journal.MARK_DELAY", 0.5)

    async def work(journal: Journal) -> None:
        await store(journal, 1)
        before = disk.syncs
        await store_and_mark(journal, 2)
        await asyncio.sleep(0.05)
        assert disk.syncs == before + 1
        await store_and_mark(journal, 3)
        assert disk.syncs == before + 2
        async with asyncio.timeout(30):
            while disk.syncs < before + 3:
                await asyncio.sleep(0.05)
        await store_and_mark(journal, 4)

    play(tmp_path, work)
    done = [(kind, n) for n in (2, 3, 4) for kind in (Kind.MESSAGE, Kind.DONE)]
    assert list(records(tmp_path))[1:] == done


async def store_and_mark(journal: Journal, number: int) -> None:
    """The message is done with as soon as it is stored."""
    stored = asyncio.Event()

    def settled(_: Place | None) -> None:
        journal.mark(Kind.DONE, number)
        stored.set()

    journal.append(number, (b"x",), settled)
    await stored.wait()


def test_a_mark_outlives_our_death_while_it_waits(tmp_path: Path, disk: Disk) -> None:
    async def work(journal: Journal) -> None:
        await store(journal, 1)
        before = disk.syncs
        for number in (1, 2, 3):
            journal.mark(Kind.DONE, number)
            journal.mark(Kind.RECIPIENTS_DONE, number, b"0")
            await asyncio.sleep(0)
            assert disk.syncs == before
            assert list(records(tmp_path))[-1] == (Kind.RECIPIENTS_DONE, number)
        await store(journal, 4)

    play(tmp_path, work)
    marks = [(kind, n) for n in (1, 2, 3) for kind in (Kind.DONE, Kind.RECIPIENTS_DONE)]
    assert list(records(tmp_path)) == [(Kind.MESSAGE, 1), *marks, (Kind.MESSAGE, 4)]


def test_full_journal_refuses_and_takes_mail_again(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        payload = b"x" * 500_000
        places: list[Place] = []
        while (place := await store(journal, len(places) + 1, payload)) is not None:
            places.append(place)
        assert len(list(tmp_path.glob("*.journal"))) == 8
        for place in places[:4]:
            journal.mark(Kind.DONE, 1)
            journal.release(place)
        async with asyncio.timeout(30):
            while await store(journal, 99, payload) is None:
                await asyncio.sleep(0.05)

    said = play(tmp_path, work)
    assert len(said) == 1
    assert "no segment to write to" in said[0]


def test_segments_are_used_again_in_the_order_they_were_written(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        seen: list[int] = []
        for number in range(1, 60):
            place = await store(journal, number, b"x" * 300_000)
            assert place is not None
            seen.append(place.segment.generation)
            journal.mark(Kind.DONE, number)
            journal.release(place)
        assert seen == sorted(seen)
        assert len(list(tmp_path.glob("*.journal"))) == 2

    play(tmp_path, work)


def test_mark_outlives_the_message_it_is_for(tmp_path: Path) -> None:
    """At any moment, a message on the disk that is done has its mark on the disk as well,
    except for marks that wait for their batch."""

    async def work(journal: Journal) -> None:
        held = await store(journal, 1000)
        assert held is not None
        for number in range(1, 40):
            place = await store(journal, number, b"x" * 200_000)
            assert place is not None
            marked = asyncio.Event()
            journal.mark(Kind.DONE, number, settled=lambda _, event=marked: event.set())
            await marked.wait()
            journal.release(place)
            found = list(records(tmp_path))
            messages = {n for kind, n in found if kind is Kind.MESSAGE}
            done = {n for kind, n in found if kind is Kind.DONE}
            assert messages - done == {1000}

    said = play(tmp_path, work)
    assert said == []


def test_segment_of_the_wrong_size_is_not_used_again(tmp_path: Path) -> None:
    path = tmp_path / "0000000000000001.journal"
    path.write_bytes(b"short")
    segment = Segment.open(path)
    assert not segment.reusable
    segment.close()


def test_what_comes_after_the_end_touches_no_descriptor(tmp_path: Path, disk: Disk) -> None:
    """It may be that of another file by then."""

    async def main() -> None:
        journal = Journal(tmp_path, (), lambda _: None, lambda _: None)
        assert await store(journal, 1) is not None
        await journal.close()
        syncs = disk.syncs
        descriptor = disk.synced[-1]
        with (tmp_path / "other").open("wb", buffering=0) as other:
            os.dup2(other.fileno(), descriptor)
            journal.mark(Kind.DONE, 1)
            journal.append(2, (b"x" * 100,), lambda _: None)
            await asyncio.sleep(2 * MARK_DELAY)
            os.close(descriptor)
        assert disk.syncs == syncs
        assert (tmp_path / "other").read_bytes() == b""

    asyncio.run(main())
