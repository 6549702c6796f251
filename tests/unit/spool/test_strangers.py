"""Whatever lies in the spool's directories: the start goes through, and an admin finds it."""

import asyncio
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.spool.store import Spool
from unit.spool.recorded import record

RECORDED = max(Path(record.__file__).parent.glob("version-*"))
A_SEGMENT = "000000f000000000.journal"
AN_ID = "6553F20000000"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return shutil.copytree(RECORDED, tmp_path / "spool")


def started(directory: Path) -> tuple[set[str], list[str]]:
    """The queue ids a start finds, in the journal and in files, and what it says."""
    said: list[str] = []

    async def start() -> set[str]:
        spool = Spool(directory, said.append)
        messages = {message.queue_id for message in await spool.survivors()}
        for queue in (spool.deferred, spool.hold):
            messages |= {m.queue_id for m in await spool.load(queue, queue.queue_ids())}
        await spool.close(0)
        return messages

    return asyncio.run(start()), said


EVERYBODY = {record.queue_id(name) for name in record.NAMES if name != "served"}


def a_directory(path: Path) -> None:
    path.mkdir()
    (path / "inside").touch()


def a_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("/nowhere")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")


def a_socket(path: Path) -> None:
    directory = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"/proc/self/fd/{directory}/{path.name}")
    os.close(directory)


@pytest.mark.parametrize(
    "name",
    [
        *(f"{queue}/{AN_ID}" for queue in ("active", "deferred", "hold")),
        *(f"journal/{name}" for name in (A_SEGMENT, "clean", "probe", "probe.renamed")),
    ],
)
@pytest.mark.parametrize(
    "make", [a_directory, a_link, a_link_to_nowhere, a_pipe, a_device, a_socket]
)
def test_no_file_where_one_should_be_stops_nothing(
    spool: Path, make: Callable[[Path], None], name: str
) -> None:
    make(spool / name)
    found, said = started(spool)
    assert found == EVERYBODY
    assert len(said) == 1
    assert "not a regular file" in said[0]
    assert os.path.lexists(spool / "corrupt" / Path(name).name)


@pytest.mark.parametrize("name", ["active", "deferred", "hold", "incoming", "corrupt", "journal"])
@pytest.mark.parametrize("make", [Path.touch, a_link, a_pipe])
def test_no_directory_where_one_should_be_stops_nothing(
    spool: Path, make: Callable[[Path], None], name: str
) -> None:
    if (spool / name).exists():
        (spool / name).rename(spool / "moved")
    make(spool / name)
    found, said = started(spool)
    assert found < EVERYBODY or name in ("incoming", "corrupt")
    assert len(said) == 1
    assert "is not a directory" in said[0]
    assert (spool / name).is_dir()


@pytest.mark.parametrize(
    "name",
    [
        "deferred/core",
        "incoming/x",
        "hold/README",
        "active/.hidden",
        "journal/x",
        "journal/1.journal",
    ],
)
def test_foreign_files_are_set_aside(spool: Path, name: str) -> None:
    (spool / name).parent.mkdir(exist_ok=True)
    (spool / name).write_text("foreign")
    found, said = started(spool)
    assert found == EVERYBODY
    assert f'saving corrupt file "{Path(name).name}" from queue' in said[0]
    assert (spool / "corrupt" / Path(name).name).read_text() == "foreign"


@pytest.mark.parametrize("size", [0, 1, 4096, 100_000])
@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\xabPR1"])
def test_segments_of_nothing_are_no_mail(spool: Path, size: int, filler: bytes) -> None:
    (spool / "journal" / A_SEGMENT).write_bytes((filler * size)[:size])
    found, said = started(spool)
    assert found == EVERYBODY
    assert said == []


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"POSTROOM", b"From me\n" * 100])
def test_queue_files_of_nothing_are_set_aside(spool: Path, content: bytes) -> None:
    (spool / "deferred" / AN_ID).write_bytes(content)
    found, said = started(spool)
    assert found == EVERYBODY
    assert len(said) == 1
    assert (spool / "corrupt" / AN_ID).read_bytes() == content


def test_a_message_under_another_s_id_is_set_aside(spool: Path) -> None:
    path = spool / "deferred" / record.queue_id("waiting")
    path.rename(spool / "deferred" / AN_ID)
    found, said = started(spool)
    assert found == EVERYBODY - {record.queue_id("waiting")}
    assert f"this is message {record.queue_id('waiting')}" in said[0]
    assert (spool / "corrupt" / AN_ID).exists()


def test_two_that_are_set_aside_under_one_name_are_both_kept(spool: Path) -> None:
    for _ in range(3):
        (spool / "deferred" / "core").write_text("foreign")
        started(spool)
    assert len(list((spool / "corrupt").iterdir())) == 3


def test_a_copy_of_a_segment_is_no_second_mail(spool: Path) -> None:
    (segment,) = (spool / "journal").glob("*.journal")
    shutil.copy(segment, spool / "journal" / A_SEGMENT)
    found, said = started(spool)
    assert found == EVERYBODY
    assert "it holds the records of another segment" in said[0]


def test_of_two_files_of_a_message_a_sound_one_counts(spool: Path) -> None:
    queue_id = record.queue_id("waiting")
    whole = (spool / "deferred" / queue_id).read_bytes()
    (spool / "hold" / queue_id).write_bytes(whole)
    (spool / "deferred" / queue_id).write_bytes(whole[:-20] + bytes(20))
    found, said = started(spool)
    assert found == EVERYBODY
    assert len(said) == 1
    assert (spool / "hold" / queue_id).exists()


def test_a_message_in_the_journal_outlives_a_file_of_it_that_is_damaged(spool: Path) -> None:
    (spool / "deferred" / record.queue_id("plain")).write_bytes(b"POSTROOM" * 100)
    found, said = started(spool)
    assert found == EVERYBODY
    assert len(said) == 1
    assert (spool / "corrupt" / record.queue_id("plain")).exists()


def test_a_foreign_id_does_not_use_up_the_numbers(spool: Path) -> None:
    (spool / "deferred" / ("F" * 15)).write_bytes(b"foreign")

    async def start() -> int:
        return Spool(spool, print).highest

    assert asyncio.run(start()) < 1 << 59


@pytest.mark.parametrize("text", ["", "9" * 30, "-1", "x", "\xff"])
def test_a_marker_that_says_nothing_has_the_journal_read(spool: Path, text: str) -> None:
    (spool / "journal" / "active").unlink()
    (spool / "journal" / "clean").write_text(text)
    assert started(spool) == (EVERYBODY, [])
