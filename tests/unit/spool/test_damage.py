"""Damaged journals and files: what verifies is kept, what does not never becomes mail."""

import asyncio
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.spool.queue_file import State, whole_file
from postroom.spool.record import Kind, frame, scan
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

FIRST = 0x6553F10000000


def content(number: int) -> bytes:
    return b"Subject: %d\r\n\r\n" % number + b"x" * (number * 37 % 3000) + b"\r\n"


def envelope(number: int) -> Envelope:
    return Envelope("me@example.org", (Recipient(f"user{number}@example.com"),), 1000.0)


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A spool whose process was killed: 30 messages, of which every third is done."""
    directory = tmp_path / "original"
    directory.mkdir()

    async def fill() -> None:
        spool = Spool(directory, warn=print)
        loop = asyncio.get_running_loop()
        for number in range(30):
            future: asyncio.Future[StoredMessage | None] = loop.create_future()
            queue_id = format_queue_id(FIRST + number)
            spool.add(queue_id, envelope(number), content(number), future.set_result)
            message = await future
            assert message is not None
            if number % 3 == 0:
                message.forget()
        await asyncio.sleep(0.05)
        shutil.copytree(directory, tmp_path / "killed")
        await spool.close(FIRST + 30)

    asyncio.run(fill())
    return tmp_path / "killed"


def recovered(directory: Path) -> tuple[dict[int, bytes], list[str]]:
    """What a start finds, and what it says."""
    said: list[str] = []

    async def find() -> dict[int, bytes]:
        spool = Spool(directory, said.append)
        return {m.number - FIRST: m.content() for m in await spool.survivors()}

    return asyncio.run(find()), said


def segment(directory: Path) -> Path:
    (path,) = (directory / "journal").glob("*.journal")
    return path


def test_undamaged_journal_gives_back_what_was_not_done(journal: Path) -> None:
    found, said = recovered(journal)
    assert found == {number: content(number) for number in range(30) if number % 3}
    assert said == []


@pytest.mark.parametrize("seed", range(25))
def test_any_damage_loses_at_most_what_it_hit(journal: Path, seed: int) -> None:
    """Bit flips, zeroed blocks and cuts at random places."""
    random.seed(seed)
    path = segment(journal)
    data = bytearray(path.read_bytes())
    used = len(data.rstrip(b"\0"))
    start = random.randrange(used)
    match seed % 3:
        case 0:
            data[start] ^= 1 << random.randrange(8)
            hit = 1
        case 1:
            data[start : start + 512] = bytes(512)
            hit = 3
        case _:
            del data[start:]
            hit = 30
    path.write_bytes(data)
    found, _ = recovered(journal)
    for number, text in found.items():
        assert text == content(number)
    missing = {number for number in range(30) if number % 3} - set(found)
    assert len(missing) <= hit


def test_torn_last_batch_is_no_mail_and_kept_for_a_human(journal: Path) -> None:
    """Its sender was told nothing, unless it was damaged later."""
    path = segment(journal)
    data = path.read_bytes()
    last = [r for r in scan(data, int(path.stem, 16)) if r.kind is Kind.MESSAGE][-1]
    path.write_bytes(data[: last.payload.start + 5] + bytes(len(data) - last.payload.start - 5))
    found, said = recovered(journal)
    assert 29 not in found
    assert len(said) == 1
    assert "half written" in said[0]


def test_damaged_message_is_saved_and_named(journal: Path) -> None:
    path = segment(journal)
    data = bytearray(path.read_bytes())
    record = next(r for r in scan(bytes(data), int(path.stem, 16)) if r.number == FIRST + 1)
    data[record.payload.stop - 3] ^= 1
    path.write_bytes(data)
    found, said = recovered(journal)
    assert 1 not in found
    assert len(said) == 1
    assert format_queue_id(FIRST + 1) in said[0]
    (saved,) = (journal / "corrupt").iterdir()
    assert content(1)[:10] in saved.read_bytes()


def test_segment_under_another_name_is_set_aside(journal: Path) -> None:
    """Whether its mail was delivered since, nobody can know."""
    path = segment(journal)
    path.rename(path.with_name("0000000000000009.journal"))
    found, said = recovered(journal)
    assert found == {}
    assert len(said) == 1
    assert "records of another segment" in said[0]
    assert (journal / "corrupt" / "0000000000000009.journal").exists()


def test_content_that_looks_like_records_is_never_taken_for_some(tmp_path: Path) -> None:
    """A segment that is used again still has old content behind its new records."""
    victim = FIRST + 50
    forged = b"".join(
        b"".join(frame(Kind.DONE, generation, victim, ())) for generation in range(1, 10)
    )

    async def fill() -> None:
        directory = tmp_path / "original"
        directory.mkdir()
        spool = Spool(directory, warn=print)
        loop = asyncio.get_running_loop()

        async def add(number: int, text: bytes) -> StoredMessage:
            future: asyncio.Future[StoredMessage | None] = loop.create_future()
            spool.add(format_queue_id(number), envelope(1), text, future.set_result)
            message = await future
            assert message is not None
            return message

        for number in range(50):
            (await add(FIRST + number, forged * 170)).forget()
        await add(victim, content(1))
        shutil.copytree(directory, tmp_path / "killed")
        await spool.close(victim)

    asyncio.run(fill())
    found, _ = recovered(tmp_path / "killed")
    assert found[50] == content(1)


def test_foreign_files_are_set_aside_by_name(journal: Path) -> None:
    for name in ("journal/x", "deferred/core", "hold/README", "active/.hidden"):
        (journal / name).write_text("foreign")
    _, said = recovered(journal)
    assert len(said) == 4
    assert sorted(p.name for p in (journal / "corrupt").iterdir()) == [
        ".hidden",
        "README",
        "core",
        "x",
    ]


def test_message_with_a_file_is_not_taken_from_the_journal_again(journal: Path) -> None:
    queue_id = format_queue_id(FIRST + 1)
    data = whole_file(FIRST + 1, b"newer\r\n", State(envelope(1)))
    (journal / "deferred" / queue_id).write_bytes(data)
    found, _ = recovered(journal)
    assert 1 not in found
    assert 2 in found


def load(directory: Path) -> tuple[list[StoredMessage], list[str]]:
    said: list[str] = []

    async def work() -> list[StoredMessage]:
        spool = Spool(directory, said.append)
        return list(await spool.load(spool.deferred, spool.deferred.queue_ids()))

    return asyncio.run(work()), said


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 0x10,)) + data[place + 1 :]


def _zero(data: bytes, place: int) -> bytes:
    return data[:place] + bytes(len(data[place : place + 64])) + data[place + 64 :]


@pytest.mark.parametrize("damage", [_flip, _zero, lambda data, place: data[:place]])
def test_damaged_queue_file_never_becomes_other_mail(
    tmp_path: Path, damage: Callable[[bytes, int], bytes]
) -> None:
    queue_id = format_queue_id(FIRST)
    whole = whole_file(FIRST, content(7), State(envelope(7), ("why",)))
    for place in range(0, len(whole), 13):
        directory = tmp_path / str(place)
        (directory / "deferred").mkdir(parents=True)
        (directory / "deferred" / queue_id).write_bytes(damage(whole, place))
        messages, said = load(directory)
        if messages:
            (message,) = messages
            assert message.content() == content(7)
            assert message.state.envelope == envelope(7)
        else:
            assert len(said) == 1
            assert (directory / "corrupt" / queue_id).exists()


def test_torn_result_leaves_the_state_before_it(tmp_path: Path) -> None:
    queue_id = format_queue_id(FIRST)
    whole = whole_file(FIRST, content(7), State(envelope(7), ("why",)))
    newer = b"".join(frame(Kind.STATE, 0, FIRST, (b"torntorn",)))
    for cut in range(len(newer)):
        directory = tmp_path / str(cut)
        (directory / "deferred").mkdir(parents=True)
        (directory / "deferred" / queue_id).write_bytes(whole + newer[:cut])
        messages, said = load(directory)
        assert said == []
        assert messages[0].state.reasons == ("why",)


def test_damage_to_a_state_does_not_let_its_marks_count_for_another(tmp_path: Path) -> None:
    """Else a recipient would count as served who is not."""

    async def work() -> None:
        spool = Spool(tmp_path, print)
        queue_id = format_queue_id(FIRST)
        three = tuple(Recipient(f"u{n}@example.com") for n in range(3))
        path = spool.deferred.file(queue_id)
        path.write_bytes(whole_file(FIRST, b"x\r\n", State(envelope(1).to(three))))
        (message,) = await spool.load(spool.deferred, [queue_id])
        await message.wait(spool.deferred, State(envelope(1).to(three[2:])), 5.0)
        (message,) = await spool.load(spool.deferred, [queue_id])
        message.recipients_done((0,))
        while spool._background:
            await asyncio.sleep(0.01)
        (message,) = await spool.load(spool.deferred, [queue_id])
        assert message.done == {0}
        assert message.state.envelope.recipients == three[2:]
        data = path.read_bytes()
        place = data.rindex(b"u2@example.com")
        path.write_bytes(_flip(data, place))
        (message,) = await spool.load(spool.deferred, [queue_id])
        assert message.state.envelope.recipients == three
        assert message.done == frozenset()
        await spool.close(FIRST)

    asyncio.run(work())


def test_scan_never_fails_on_rubbish() -> None:
    random.seed(5)
    good = b"".join(frame(Kind.MESSAGE, 3, 77, (b"payload",)))
    for _ in range(300):
        rubbish = random.randbytes(random.randrange(200))
        padding = b"\0" * (-len(rubbish) % 8)
        found = [r for r in scan(rubbish + padding + good, 3) if r.intact]
        assert [record.number for record in found] == [77]
