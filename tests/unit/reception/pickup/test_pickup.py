"""pickup loses no file, and what cleanup gets is the message in the form SMTP carries."""

import asyncio
import contextlib
import errno
import random
import socket
from pathlib import Path
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.contracts import cleanup
from postroom.contracts.intake import Intake
from postroom.esmtp.wire_form import WireEncoder
from postroom.ipc.client import Client
from postroom.ipc.contract import BrokenContract, Question
from postroom.ipc.server import Answerer, Caller, Server
from postroom.mail.envelope import Recipient, Submitter
from postroom.mail.queue_id import QueueIdRange
from postroom.maillog.pickup import PickupLog
from postroom.reception.pickup.carrier import CannotNow, Carrier, Outlet
from postroom.reception.pickup.collector import Collected
from postroom.spool.maildrop import Drop, DropWriter, give_queue_ids, waiting


class FakeCleanup:
    """Keeps what it gets; answers ``refusals`` first."""

    def __init__(self, *refusals: cleanup.Refused) -> None:
        self.messages: list[tuple[Any, bytes]] = []
        self.queue_ids: list[str] = []
        self.lease = QueueIdRange(0x65A1B2C3D4E5F, 64)
        self._refusals = list(refusals)
        self._begun: dict[str, tuple[Any, bytearray]] = {}

    def answerer(self, _: Caller) -> Answerer:
        return self.answer

    async def answer(self, question: Question[Any], _: list[int]) -> Any:
        match question:
            case cleanup.LeaseIds():
                return self.lease
            case cleanup.Submit():
                return self._end(question.queue_id, question.envelope, question.content)
            case cleanup.Begin():
                self._begun[question.queue_id] = (question.envelope, bytearray())
            case cleanup.Chunk():
                self._begun[question.queue_id][1].extend(question.data)
            case cleanup.End():
                envelope, content = self._begun.pop(question.queue_id)
                return self._end(question.queue_id, envelope, bytes(content))
        return cleanup.Ready()

    def _end(self, queue_id: str, envelope: Any, content: bytes) -> Any:
        self.queue_ids.append(queue_id)
        if b"poison" in content:
            raise BrokenContract("poison")
        if self._refusals:
            return self._refusals.pop(0)
        self.messages.append((envelope, content))
        return cleanup.Queued(queue_id)


def drop(
    directory: Path,
    content: bytes,
    sender: str = "alice",
    arrival: float = 1.8e9,
    gateway: bool = False,
) -> None:
    writer = DropWriter(directory)
    writer.write(content)
    submitter = Submitter(1000, "alice", "Alice")
    writer.commit(Drop(sender, (Recipient("bob"),), submitter, arrival, gateway=gateway))
    writer.close()


def carry(
    directory: Path, cleaner: FakeCleanup, journal: MemoryJournal, fix_line_ends: str = "always"
) -> None:
    async def run() -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(directory.parent / "cleanup"))
        listener.listen()
        server = Server(listener, cleanup.CONTRACT, cleaner.answerer, contextlib.nullcontext)
        client = Client(str(directory.parent / "cleanup"), cleanup.CONTRACT)
        try:
            intake = Intake(client, cleanup.Handling())
            outlet = Outlet(intake, intake, "", fix_line_ends)
            carrier = Carrier(directory, outlet, PickupLog(journal), "mail.test", Collected)
            await carrier.empty_maildrop()
        finally:
            client.close()
            server.close()
            listener.close()
            await asyncio.sleep(0)
            server.disconnect()

    asyncio.run(run())


@pytest.fixture
def maildrop(tmp_path: Path) -> Path:
    directory = tmp_path / "maildrop"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("lines", [1, 20_000])
def test_a_message_reaches_cleanup_and_leaves_the_maildrop(maildrop: Path, lines: int) -> None:
    drop(maildrop, b"Subject: x\n\n" + b".dot\nline\n" * lines)
    cleaner, journal = FakeCleanup(), MemoryJournal()
    carry(maildrop, cleaner, journal)
    ((envelope, content),) = cleaner.messages
    assert content == b"Subject: x\r\n\r\n" + b"..dot\r\nline\r\n" * lines
    assert envelope.sender == "alice"
    assert envelope.submitter.uid == 1000
    assert waiting(maildrop) == []
    assert journal.lines == ["65A1B2C3D4E5F: uid=1000 from=<alice>"]


@pytest.mark.parametrize("gateway", [False, True])
def test_a_gateway_s_message_is_not_put_in_form(maildrop: Path, gateway: bool) -> None:
    drop(maildrop, b"x\n", gateway=gateway)
    cleaner = FakeCleanup()
    carry(maildrop, cleaner, MemoryJournal())
    ((envelope, _),) = cleaner.messages
    assert envelope.rewrite_locally is not gateway


def test_a_message_stays_while_cleanup_cannot_take_it(maildrop: Path) -> None:
    drop(maildrop, b"x\n")
    with pytest.raises(CannotNow):
        carry(maildrop, FakeCleanup(cleanup.Refused(451, "4.3.0", "later")), MemoryJournal())
    assert len(waiting(maildrop)) == 1


def test_a_message_is_brought_under_the_same_id_every_time(maildrop: Path) -> None:
    """Whoever has it already can tell, though the pickup that brought it was killed."""
    drop(maildrop, b"x\n")
    first, second = FakeCleanup(cleanup.Refused(451, "4.3.0", "later")), FakeCleanup()
    with pytest.raises(CannotNow):
        carry(maildrop, first, MemoryJournal())
    (maildrop.parent / "cleanup").unlink()
    second.lease = QueueIdRange(0x65A1B2C3D5000, 64)
    drop(maildrop, b"y\n", arrival=1.9e9)
    carry(maildrop, second, MemoryJournal())
    assert first.queue_ids == second.queue_ids[:1]
    assert len(set(second.queue_ids)) == 2


def test_a_message_that_must_stay_does_not_hold_up_the_next(maildrop: Path) -> None:
    drop(maildrop, b"first\n")
    drop(maildrop, b"second\n")
    cleaner = FakeCleanup(cleanup.Refused(452, "4.3.1", "too large for what is left"))
    with pytest.raises(CannotNow):
        carry(maildrop, cleaner, MemoryJournal())
    assert len(cleaner.messages) == 1
    assert len(waiting(maildrop)) == 1


def test_what_cannot_be_opened_for_want_of_descriptors_is_not_set_aside(
    maildrop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(maildrop, b"x\n")

    def no_more(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("postroom.reception.pickup.carrier.open_drop", no_more)
    with pytest.raises(OSError, match="Too many"):
        carry(maildrop, FakeCleanup(), MemoryJournal())
    assert len(waiting(maildrop)) == 1


def test_the_sender_is_told_when_cleanup_refuses_for_good(maildrop: Path) -> None:
    drop(maildrop, b"Subject: loop\n\nbody\n")
    cleaner = FakeCleanup(cleanup.Refused(554, "5.4.0", "Error: too many hops"))
    carry(maildrop, cleaner, MemoryJournal())
    ((envelope, content),) = cleaner.messages
    assert envelope.sender == ""
    assert [recipient.address for recipient in envelope.recipients] == ["alice"]
    assert b"5.4.0 Error: too many hops" in content
    assert b"Subject: loop" in content
    assert waiting(maildrop) == []


@pytest.mark.parametrize("lines", [1, 20_000])
def test_what_a_table_rejects_goes_back_by_way_of_the_queue(maildrop: Path, lines: int) -> None:
    content = b"Subject: bad\n\n" + b"body\n" * lines
    drop(maildrop, content)
    cleaner = FakeCleanup(cleanup.Refused(550, "5.7.1", "go away", logged=True))
    carry(maildrop, cleaner, MemoryJournal())
    ((envelope, returned),) = cleaner.messages
    assert envelope.sender == "alice"
    assert envelope.filter == "error:5.7.1 go away"
    assert returned == content.replace(b"\n", b"\r\n")
    assert len(set(cleaner.queue_ids)) == 2
    assert waiting(maildrop) == []


def test_what_the_queue_does_not_return_is_reported(maildrop: Path) -> None:
    drop(maildrop, b"Subject: bad\n\nbody\n")
    refused = cleanup.Refused(550, "5.7.1", "go away", logged=True)
    cleaner = FakeCleanup(refused, cleanup.Refused(554, "5.4.0", "Error: too many hops"))
    carry(maildrop, cleaner, MemoryJournal())
    ((envelope, content),) = cleaner.messages
    assert envelope.sender == ""
    assert b"5.7.1 go away" in content


def test_a_damaged_file_is_set_aside_and_the_rest_flows(maildrop: Path) -> None:
    (maildrop / "0000").write_bytes(b"garbage")
    (maildrop / "0001").write_bytes(b"")
    (maildrop / "0002").symlink_to("/etc/passwd")
    (maildrop / "0003").mkdir()
    drop(maildrop, b"good\n")
    cleaner, journal = FakeCleanup(), MemoryJournal()
    carry(maildrop, cleaner, journal)
    assert len(cleaner.messages) == 1
    assert (maildrop / ".damaged.0000").exists()
    assert any("0000 set aside" in line for line in journal.lines)


def test_a_file_that_becomes_shorter_on_its_way_is_set_aside_and_the_rest_flows(
    maildrop: Path,
) -> None:
    class Shortening(FakeCleanup):
        async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
            if isinstance(question, cleanup.Begin):
                with (maildrop / first).open("r+b") as file:
                    file.truncate(100)
            if isinstance(question, cleanup.Abandon):
                del self._begun[question.queue_id]
            return await super().answer(question, descriptors)

    drop(maildrop, b"large\n" * 100_000, arrival=1.7e9)
    drop(maildrop, b"good\n")
    cleaner, journal = Shortening(), MemoryJournal()
    first = f"{waiting(maildrop)[0]}.Q{cleaner.lease.first:X}"
    carry(maildrop, cleaner, journal)
    assert [content for _, content in cleaner.messages] == [b"good\r\n"]
    assert cleaner._begun == {}
    assert waiting(maildrop) == []
    assert any("set aside" in line for line in journal.lines)


def test_every_flipped_bit_of_an_envelope_is_noticed(maildrop: Path) -> None:
    drop(maildrop, b"content\n")
    (name,) = waiting(maildrop)
    original = (maildrop / name).read_bytes()
    for position in range(len(b"content\n"), len(original)):
        damaged = bytearray(original)
        damaged[position] ^= 1
        (maildrop / name).write_bytes(damaged)
        cleaner = FakeCleanup()
        (maildrop.parent / "cleanup").unlink(missing_ok=True)
        carry(maildrop, cleaner, MemoryJournal())
        assert cleaner.messages == []
        (maildrop / f".damaged.{name}").unlink()


WIRE = [
    (b"", b""),
    (b"a", b"a\r\n"),
    (b"a\n", b"a\r\n"),
    (b"a\r\nb\n", b"a\r\nb\r\n"),
    (b".\n.a\n..\n", b"..\r\n..a\r\n...\r\n"),
    (b"a\rb\n", b"a b\r\n"),
    (b"a\r\r\n", b"a\r\n"),
    (b"a\r\r\rb\n", b"a   b\r\n"),
    (b"a\r\r", b"a  \r\n"),
    (b"a\r", b"a \r\n"),
    (b"\n\n.", b"\r\n\r\n..\r\n"),
    (b"\xff\x00\n", b"\xff\x00\r\n"),
]


@pytest.mark.parametrize(("given", "expected"), WIRE)
def test_the_wire_form_does_not_depend_on_the_pieces(given: bytes, expected: bytes) -> None:
    for cut in range(len(given) + 1):
        encoder = WireEncoder()
        parts = [encoder.encode(given[:cut]), encoder.encode(given[cut:]), encoder.finish()]
        assert b"".join(parts) == expected


@pytest.mark.parametrize(
    ("fix", "given", "expected"),
    [
        ("always", b"a\n\r\nb\r\n", b"a\r\n\r\nb\r\n"),
        ("never", b"a\r\n\r\r\nb\n", b"a \r\n  \r\nb\r\n"),
        ("strict", b"a\r\n\nb\r\n", b"a\r\n\r\nb\r\n"),
        ("strict", b"a\n\r\nb\r\n", b"a\r\n \r\nb \r\n"),
    ],
)
def test_a_cr_before_a_lf_ends_a_line_where_main_cf_says_so(
    maildrop: Path, fix: str, given: bytes, expected: bytes
) -> None:
    for cut in range(len(given) + 1):
        encoder = WireEncoder(fix)
        parts = [encoder.encode(given[:cut]), encoder.encode(given[cut:]), encoder.finish()]
        assert b"".join(parts) == expected
    drop(maildrop, given)
    cleaner = FakeCleanup()
    carry(maildrop, cleaner, MemoryJournal(), fix)
    assert cleaner.messages[0][1] == expected


def test_the_wire_form_has_no_stray_line_end_and_no_final_dot() -> None:
    source = random.Random(1998)
    for _ in range(3000):
        encoder = WireEncoder()
        given = [bytes(source.choices(b"a.\r\n", k=source.randrange(6))) for _ in range(4)]
        wire = b"".join(map(encoder.encode, given)) + encoder.finish()
        assert b"\r" not in wire.replace(b"\r\n", b"")
        assert b"\n" not in wire.replace(b"\r\n", b"")
        assert b"\r\n.\r\n" not in b"\r\n" + wire


def test_a_message_that_cleanup_does_not_survive_holds_up_no_other(maildrop: Path) -> None:
    for content in (b"poison\n", b"good\n", b"poison\n", b"fine\n"):
        drop(maildrop, content)
    cleaner = FakeCleanup()
    with pytest.raises(CannotNow):
        carry(maildrop, cleaner, MemoryJournal())
    assert sorted(content for _, content in cleaner.messages) == [b"fine\r\n", b"good\r\n"]
    assert len(waiting(maildrop)) == 2


def test_what_is_deleted_meanwhile_holds_up_nothing(maildrop: Path) -> None:
    """postsuper -d, at any moment: before the file gets an id, is opened, or is done with."""
    for arrival in (1.8e9, 1.9e9):
        drop(maildrop, b"Subject: x\n\nTAG\n", arrival=arrival)
    first, second = waiting(maildrop)
    assert give_queue_ids(maildrop, {"gone.1": "65A1B2C3D4E5F"}) == []

    class Deleting(FakeCleanup):
        async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
            if isinstance(question, cleanup.Submit):
                for path in maildrop.iterdir():
                    path.unlink()
            return await super().answer(question, descriptors)

    cleaner = Deleting()
    carry(maildrop, cleaner, MemoryJournal())
    assert first < second
    assert len(cleaner.messages) == 1
    assert waiting(maildrop) == []
