"""The spool as qmgr uses it: what was said to be stored is there after a crash."""

import asyncio
import errno
import gc
import os
import shutil
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.in_journal import InJournal
from postroom.spool.incoming_file import StillWritten
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

CONTENT = b"Subject: test\r\n\r\nHello\r\n"


def envelope(count: int = 1) -> Envelope:
    recipients = tuple(Recipient(f"user{i}@example.com") for i in range(count))
    return Envelope("sender@example.org", recipients, 1000.0)


def identity(number: int) -> str:
    return format_queue_id(0x1000000000000 + number)


async def add(spool: Spool, number: int, content: bytes = CONTENT, count: int = 1) -> StoredMessage:
    future: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
    spool.add(identity(number), envelope(count), content, future.set_result)
    message = await future
    assert message is not None
    return message


async def add_large(spool: Spool, number: int) -> StoredMessage:
    incoming = spool.receive()
    with os.fdopen(incoming.take_writer(), "wb") as stream:
        stream.write(CONTENT)
    try:
        return await spool.add_file(identity(number), envelope(), incoming, len(CONTENT))
    finally:
        incoming.close()


class Crashed:
    """A spool directory as it would be found if the machine stopped now."""

    def __init__(self, directory: Path, copies: Path) -> None:
        self._directory = directory
        self._copies = copies
        self._count = 0

    async def survivors(self) -> dict[str, StoredMessage]:
        self._count += 1
        copy = self._copies / str(self._count)
        shutil.copytree(self._directory, copy)
        spool = Spool(copy, warn=print)
        return {message.queue_id: message for message in await spool.survivors()}


def run(
    work: Callable[[Spool, Crashed], Awaitable[None]], tmp_path: Path, *, close: bool = True
) -> None:
    async def main() -> None:
        directory = tmp_path / "spool"
        directory.mkdir()
        spool = Spool(directory, warn=print)
        await work(spool, Crashed(directory, tmp_path))
        if close:
            await spool.close(1)

    asyncio.run(main())


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)


def test_stored_message_survives_a_crash(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        await add(spool, 1, count=3)
        (message,) = (await crashed.survivors()).values()
        assert message.queue_id == identity(1)
        assert message.content() == CONTENT
        assert message.state == State(envelope(3))
        assert not message.done

    run(work, tmp_path)


def test_finished_message_and_recipients_are_not_seen_again(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        first, second = await add(spool, 1), await add(spool, 2, count=3)
        first.forget()
        second.recipients_done((0, 2))
        await asyncio.sleep(0.05)
        (message,) = (await crashed.survivors()).values()
        assert message.queue_id == identity(2)
        assert message.done == {0, 2}

    run(work, tmp_path)


def test_deferred_message_leaves_the_journal_for_a_file(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        message = await add(spool, 1, count=2)
        state = State(envelope(1), ("no route",))
        await message.wait(spool.deferred, state, 5000.0)
        assert await crashed.survivors() == {}
        assert spool.deferred.due(5000.0) == [(5000.0, identity(1))]
        assert spool.deferred.due(4999.0) == []
        (loaded,) = await spool.load(spool.deferred, [identity(1)])
        assert loaded.state == state
        assert loaded.content() == CONTENT
        assert spool.volume == 0

    run(work, tmp_path)


def test_large_message_is_stored_from_a_descriptor(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        incoming = spool.receive()
        writer = incoming.take_writer()
        content = CONTENT * 10_000
        with os.fdopen(writer, "wb") as stream:
            stream.write(content)
        await spool.add_file(identity(1), envelope(), incoming, len(content))
        incoming.close()
        (message,) = (await crashed.survivors()).values()
        assert message.content() == content
        assert message.size == len(content)
        message.forget()

    run(work, tmp_path)


def test_journal_goes_round_while_an_old_message_stays(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        old = await add(spool, 0, count=2)
        old.recipients_done((1,))
        for number in range(1, 400):
            message = await add(spool, number, b"x" * 30_000 + b"\r\n")
            message.forget()
        await asyncio.sleep(0.1)
        survivors = await crashed.survivors()
        assert survivors[identity(0)].done == {1}
        assert survivors[identity(0)].content() == CONTENT
        assert len(survivors) == 1

    run(work, tmp_path)


def test_message_carried_while_it_becomes_a_file_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark and its copy leave in one batch, the mark first."""

    async def work(spool: Spool, crashed: Crashed) -> None:
        message = await add(spool, 0)
        assert isinstance(message, InJournal)
        mark = InJournal._mark_durably

        async def carry_and_mark(message: InJournal) -> None:
            message.carry()
            await mark(message)

        monkeypatch.setattr(InJournal, "_mark_durably", carry_and_mark)
        await message.wait(spool.deferred, message.state, 0.0)
        (waiting,) = await spool.load(spool.deferred, [identity(0)])
        waiting.forget()
        await asyncio.sleep(0.1)
        assert await crashed.survivors() == {}

    run(work, tmp_path)


def test_copy_of_a_message_keeps_its_results_before_they_are_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        message = await add(spool, 0, count=2)
        assert isinstance(message, InJournal)
        message.recipients_done((1,))
        await asyncio.sleep(0.1)
        monkeypatch.setattr(InJournal, "_mark_recipients", lambda *_: None)
        message.carry()
        await asyncio.sleep(0.1)
        assert (await crashed.survivors())[identity(0)].done == {1}

    run(work, tmp_path)


def test_damaged_message_does_not_keep_others_from_being_carried(tmp_path: Path) -> None:
    async def work(spool: Spool, _: Crashed) -> None:
        first, second = await add(spool, 0), await add(spool, 1)
        assert isinstance(first, InJournal)
        assert isinstance(second, InJournal)
        segment, place = first.place.segment, second.place
        first.place = first.place._replace(start=first.place.start + 8)
        spool._crowded(segment)
        await asyncio.sleep(0.1)
        assert second.place != place

    run(work, tmp_path)


def test_clean_end_leaves_no_marker_and_remembers_the_highest_id(tmp_path: Path) -> None:
    async def main() -> None:
        spool = Spool(tmp_path, warn=print)
        assert (tmp_path / "journal/active").exists()
        (await add(spool, 1)).forget()
        await spool.close(77)
        assert not (tmp_path / "journal/active").exists()
        assert Spool(tmp_path, warn=print).highest == 77

    asyncio.run(main())


def test_large_message_on_its_way_is_reason_to_start_again(tmp_path: Path) -> None:
    async def work(spool: Spool, _: Crashed) -> None:
        await add_large(spool, 1)
        await spool.close(77)
        assert (tmp_path / "spool/journal/active").exists()

    run(work, tmp_path, close=False)


def failing_directory_sync(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    def fail(directory: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(directory))

    monkeypatch.setattr(f"postroom.spool.{module}.sync_directory", fail)


def test_large_message_that_was_refused_is_not_found_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        def fail(descriptor: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        with monkeypatch.context() as failing:
            failing.setattr(os, "fsync", fail)
            with pytest.raises(OSError, match="Input/output"):
                await add_large(spool, 1)
        await spool.incoming.settle()
        assert await crashed.survivors() == {}

    run(work, tmp_path)


def test_large_message_that_was_on_the_disk_but_not_renamed_is_delivered(tmp_path: Path) -> None:
    async def work(spool: Spool, crashed: Crashed) -> None:
        await add_large(spool, 1)
        directory = tmp_path / "spool"
        (directory / "active" / identity(1)).rename(directory / "incoming" / identity(1))
        (message,) = (await crashed.survivors()).values()
        assert message.content() == CONTENT

    run(work, tmp_path)


@pytest.mark.parametrize(("begun", "kept"), [(False, []), (True, [identity(1)])])
def test_half_of_a_large_message_is_no_mail(tmp_path: Path, begun: bool, kept: list[str]) -> None:
    """Without a header it never was whole; with one, that is for a human to see."""

    async def work(spool: Spool, crashed: Crashed) -> None:
        await add_large(spool, 1)
        directory = tmp_path / "spool"
        whole = (directory / "active" / identity(1)).read_bytes()
        (directory / "active" / identity(1)).unlink()
        half = whole[:80] if begun else bytes(80)
        (directory / "incoming" / identity(1)).write_bytes(half)
        assert await crashed.survivors() == {}
        assert not any((tmp_path / "1" / "incoming").iterdir())
        assert [path.name for path in (tmp_path / "1" / "corrupt").iterdir()] == kept

    run(work, tmp_path)


def test_message_that_could_not_be_deferred_is_in_one_place_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(spool: Spool, _: Crashed) -> None:
        message = await add(spool, 1)
        with monkeypatch.context() as failing:
            failing_directory_sync(failing, "file_work")
            with pytest.raises(OSError, match="Input/output"):
                await message.wait(spool.deferred, message.state, 0.0)
        assert spool.deferred.queue_ids() == []
        assert message.content() == CONTENT

    run(work, tmp_path)


def test_file_that_somebody_can_still_write_to_is_refused(tmp_path: Path) -> None:
    async def work(spool: Spool, _: Crashed) -> None:
        incoming = spool.receive()
        writer = incoming.take_writer()
        os.write(writer, CONTENT)
        with pytest.raises(StillWritten, match="still open"):
            await spool.add_file(identity(1), envelope(), incoming, len(CONTENT))
        other = os.dup(writer)
        os.close(writer)
        with pytest.raises(StillWritten, match="still open"):
            await spool.add_file(identity(1), envelope(), incoming, len(CONTENT))
        os.close(other)
        with pytest.raises(StillWritten, match="size"):
            await spool.add_file(identity(1), envelope(), incoming, len(CONTENT) - 1)
        incoming.close()
        assert list((tmp_path / "spool/active").iterdir()) == []

    run(work, tmp_path)


def test_many_that_have_to_wait_take_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their content is on the disk; of it, only what is kept and one batch are in memory."""
    monkeypatch.setattr("postroom.spool.store.MAX_KEPT", 500_000)
    monkeypatch.setattr("postroom.spool.file_batch.MAX_FILES", 8)

    async def work(spool: Spool, _: Crashed) -> None:
        messages = [await add(spool, number, bytes(50_000)) for number in range(70)]
        gc.collect()
        tracemalloc.start()
        waits = (message.wait(spool.deferred, message.state, 5.0) for message in messages)
        await asyncio.gather(*waits)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1_800_000
        assert len(spool.deferred.queue_ids()) == 70

    run(work, tmp_path)
