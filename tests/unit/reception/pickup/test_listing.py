"""Users are told what waits in the maildrop: those who may, all of it, and nothing beyond it."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.pages import MAX_CHARACTERS
from postroom.contracts.showq import NotAllowed
from postroom.contracts.submitted import CONTRACT, List, Page, Submitted
from postroom.ipc import server
from postroom.ipc.client import Client
from postroom.mail.envelope import MAX_ADDRESS, Recipient, Submitter
from postroom.maillog.pickup import PickupLog
from postroom.reception.pickup import listing
from postroom.reception.pickup.listing import Listing
from postroom.spool.maildrop import Drop, DropWriter
from postroom.tables.user_list import UserList

ANYBODY = ("static:anyone",)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "maildrop").mkdir()
    (tmp_path / "open").mkdir()
    return tmp_path


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.Caller, "stranger", True)


def drop(state: Path, name: str, *recipients: str) -> None:
    writer = DropWriter(state / "maildrop")
    writer.write(b"Subject: x\n\n")
    addresses = tuple(map(Recipient, recipients or ("bob",)))
    writer.commit(Drop("alice", addresses, Submitter(1000, "alice"), 1.8e9), name)
    writer.close()


def ask(
    state: Path,
    *questions: List,
    users: tuple[str, ...] = ANYBODY,
    journal: MemoryJournal | None = None,
) -> list[Page | NotAllowed]:
    """The answers, all to one caller."""

    async def run() -> list[Page | NotAllowed]:
        told = Listing(state, UserList(users), PickupLog(journal or MemoryJournal()))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(state / "socket"))
        listener.listen()
        serving = server.Server(listener, CONTRACT, told.answerer_for, contextlib.nullcontext)
        client = Client(str(state / "socket"), CONTRACT)
        try:
            return [await client.ask(question) for question in questions]
        finally:
            client.close()
            serving.close()
            listener.close()
            (state / "socket").unlink()
            await asyncio.sleep(0)
            serving.disconnect()

    return asyncio.run(run())


def names(page: Page | NotAllowed) -> list[str]:
    assert isinstance(page, Page)
    return [message.known_as for message in page.entries]


@pytest.mark.usefixtures("stranger")
def test_who_is_not_on_the_list_is_told_nothing(state: Path) -> None:
    drop(state, "0001")
    answers = ask(state, List(), List(1), users=("nobody-of-that-name",))
    assert answers == [NotAllowed(), Page(())]


@pytest.mark.usefixtures("stranger")
def test_a_list_that_cannot_be_read_allows_nobody(state: Path) -> None:
    journal = MemoryJournal()
    assert ask(state, List(), users=("/nonexistent/list",), journal=journal) == [NotAllowed()]
    assert len(journal.lines) == 1
    assert "cannot tell what user" in journal.lines[0]


def test_the_superuser_need_not_be_on_it(state: Path) -> None:
    drop(state, "0001")
    ((page,)) = ask(state, List(), users=())
    assert names(page) == ["0001"]


def test_what_is_no_message_is_not_told_of(state: Path) -> None:
    """Nor where a link leads to, nor what a file of a user has in it."""
    drop(state, "0001")
    (state / "maildrop/0002").write_bytes(b"root:secret\n" * 10)
    (state / "maildrop/0003").symlink_to("/etc/passwd")
    (state / "open/0004").symlink_to("/etc/passwd")
    (state / "open/0005").mkdir()
    (state / "open/0006").write_bytes(b"secret")
    (state / "open/\x1b[2J").write_bytes(b"x")
    (page,) = ask(state, List())
    assert names(page) == ["0001", "0006"]
    assert isinstance(page, Page)
    assert (page.entries[1].size, page.entries[1].recipients) == (6, ())


def test_a_long_list_comes_in_pages_of_what_was_there_at_first(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for number in range(5):
        drop(state, f"000{number}")
    pages = ask(state, List(), List(2), List(4), List(99))
    assert list(map(names, pages)) == [["0000", "0001"], ["0002", "0003"], ["0004"], []]
    assert [page.following for page in pages if isinstance(page, Page)] == [2, 4, 0, 0]


def test_a_page_is_no_longer_than_a_frame(state: Path) -> None:
    """Messages with many recipients are told of one by one, of each what fits."""
    many = [f"{number:06}".rjust(MAX_ADDRESS, "\u00e4") for number in range(600)]
    for name in ("0001", "0002"):
        drop(state, name, *many)
    first, second = ask(state, List(), List(1))
    assert isinstance(first, Page)
    assert (names(first), first.following) == (["0001"], 1)
    assert names(second) == ["0002"]
    (told,) = first.entries
    assert isinstance(told, Submitted)
    assert len(told.recipients) == MAX_CHARACTERS // MAX_ADDRESS
