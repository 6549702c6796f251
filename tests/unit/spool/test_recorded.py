"""Spools of every version so far are read; those of a later one are left alone."""

import asyncio
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.record import NewerFormat
from postroom.spool.store import Spool
from unit.spool.recorded import record

VERSIONS = sorted(Path(record.__file__).parent.glob("version-*"))


def check(directory: Path) -> None:
    async def work() -> None:
        spool = Spool(directory, warn=pytest.fail)
        moving = {message.queue_id: message for message in await spool.survivors()}
        names = ("plain", "partly served", "from a user", "large")
        assert set(moving) == {record.queue_id(name) for name in names}
        for name in names:
            message = moving[record.queue_id(name)]
            assert message.content() == record.content(name)
            assert message.state.envelope == record.envelope(name)
            assert message.done == ({0, 2} if name == "partly served" else set())
        await check_waiting(spool, spool.deferred, "waiting", "tried")
        await check_waiting(spool, spool.hold, "held")
        await spool.close(0)

    asyncio.run(work())


async def check_waiting(spool: Spool, queue: QueueDirectory, *names: str) -> None:
    found = await spool.load(queue, queue.queue_ids())
    assert [message.queue_id for message in found] == [record.queue_id(name) for name in names]
    for name, message in zip(names, found, strict=True):
        assert message.content() == record.content(name)
        assert message.state == record.later(name)
        assert message.done == ({1} if name == "tried" else set())


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_a_recorded_spool_is_read_in_full(version: Path, tmp_path: Path) -> None:
    check(copytree(version, tmp_path / "spool"))


def test_a_spool_recorded_now_is_read_in_full(tmp_path: Path) -> None:
    record.record(tmp_path / "spool")
    check(tmp_path / "spool")


def newer_segment(data: bytes) -> bytes:
    fields = b"\xabPR2" + data[4:32]
    return fields + struct.pack("<I", zlib.crc32(fields)) + data[36:]


def newer_file(data: bytes) -> bytes:
    fields = data[:8] + struct.pack("<H", 2) + data[10:36]
    return fields + struct.pack("<I", zlib.crc32(fields)) + data[40:]


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> bytes:
    data = change(path.read_bytes())
    path.write_bytes(data)
    return data


def test_a_journal_of_a_later_version_refuses_the_start_and_is_left_alone(tmp_path: Path) -> None:
    """Whoever goes back to an older version with mail on its way has to come forward again."""
    spool = copytree(VERSIONS[-1], tmp_path / "spool")
    (path,) = (spool / "journal").glob("*.journal")
    data = rewrite(path, newer_segment)

    async def work() -> None:
        with pytest.raises(NewerFormat, match="format version 2 is newer than ours"):
            Spool(spool, warn=pytest.fail)

    asyncio.run(work())
    assert path.read_bytes() == data
    assert list((spool / "corrupt").iterdir()) == []


@pytest.mark.parametrize("queue", ["active", "deferred", "hold"])
def test_a_file_of_a_later_version_waits_for_that_version(tmp_path: Path, queue: str) -> None:
    directory = copytree(VERSIONS[-1], tmp_path / "spool")
    path = min((directory / queue).iterdir())
    data = rewrite(path, newer_file)
    said: list[str] = []

    async def work() -> None:
        spool = Spool(directory, said.append)
        found = {message.queue_id for message in await spool.survivors()}
        for directories in (spool.deferred, spool.hold) * 2:
            ids = [message.queue_id for message in await spool.load(directories, [path.name])]
            found.update(ids)
        assert path.name not in found
        assert spool.deferred.holds(path.name) or spool.hold.holds(path.name)
        await spool.close(0)

    asyncio.run(work())
    (kept,) = directory.rglob(path.name)
    assert kept.parent.name != "corrupt"
    assert kept.read_bytes() == data
    assert all("format version 2 is newer than ours" in line for line in said)
