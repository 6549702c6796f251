"""What postsuper and qshape do with the maildrop: it can be deleted and counted, as in Postfix."""

from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.commands.queue import submitted
from postroom.commands.queue.changes import MANAGED
from postroom.contracts.queue_admin import Action, Apply, ApplyToAll, Done, DoneToAll
from postroom.contracts.showq import Page
from postroom.mail.envelope import Recipient, Submitter
from postroom.spool.maildrop import Drop, DropWriter, give_queue_ids

QUEUED = "6553F10000001"

NAMES = ("0001.11", "0002.22", "0003.33")


@pytest.fixture
def maildrop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three messages; the second one has an id and is as good as in the queue."""
    monkeypatch.setattr(submitted, "directory", lambda: tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    directory = tmp_path / "maildrop"
    directory.mkdir()
    (directory / ".damaged.0000.1").write_text("set aside")
    for name in NAMES:
        writer = DropWriter(directory)
        writer.write(b"Subject: x\n\n")
        recipients = (Recipient("b@x.test"), Recipient("local"))
        writer.commit(Drop("a@y.test", recipients, Submitter(1000, "alice"), 1.7e9), name)
        writer.close()
    give_queue_ids(directory, {NAMES[1]: QUEUED})
    return directory


def left(maildrop: Path) -> list[str]:
    return sorted(path.name for path in maildrop.iterdir())[1:]


class Manager:
    """Has none of it; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, question: Any) -> object:
        self.asked.append(question)
        return DoneToAll(0) if isinstance(question, ApplyToAll) else Done(())


def test_all_of_the_maildrop_is_deleted_while_nobody_answers(typed: Any, maildrop: Path) -> None:
    result = typed("postsuper", "-d", "ALL", "maildrop")
    assert result == (0, "", "postsuper: Deleted: 3 messages\n")
    assert left(maildrop) == []
    assert (maildrop / ".damaged.0000.1").exists()


def test_one_message_is_deleted_by_the_id_that_mailq_shows(typed: Any, maildrop: Path) -> None:
    listed = [entry.queue_id for entry in submitted.entries()]
    assert listed == ["000111", QUEUED, "000333"]
    for queue_id in listed[:2]:
        err = typed("postsuper", "-d", queue_id, "maildrop").err
        assert err == f"postsuper: {queue_id}: removed\npostsuper: Deleted: 1 message\n"
    assert left(maildrop) == [NAMES[2]]


def test_without_a_queue_named_the_maildrop_comes_before_the_queue(
    typed: Any, maildrop: Path, tmp_path: Path
) -> None:
    """What pickup takes away in between is found there."""
    manager = Manager()
    with queue_manager(tmp_path, manager):
        assert typed("postsuper", "-d", QUEUED).err.endswith("Deleted: 1 message\n")
        assert typed("postsuper", "-d", "ALL").err == "postsuper: Deleted: 2 messages\n"
    assert manager.asked == [
        Apply(Action.DELETE, (QUEUED,), MANAGED),
        ApplyToAll(Action.DELETE, MANAGED),
    ]
    assert left(maildrop) == []


@pytest.mark.parametrize("option", ["-h", "-H", "-e", "-f", "-r"])
@pytest.mark.parametrize("value", ["ALL", "000111"])
def test_nothing_else_is_done_there(typed: Any, maildrop: Path, option: str, value: str) -> None:
    code, out, err = typed("postsuper", option, value, "maildrop")
    assert (code, out) == (0, "")
    assert all(line.endswith(": 0 messages") for line in err.splitlines())
    assert len(left(maildrop)) == 3


def test_a_message_that_gets_its_id_meanwhile_is_deleted_all_the_same(
    maildrop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def just_before(path: Path) -> None:
        if path.name == NAMES[0]:
            give_queue_ids(maildrop, {NAMES[0]: "6553F10000002"})
        unlink(path)

    monkeypatch.setattr(Path, "unlink", just_before)
    assert submitted.delete(["000111"]) == ["000111"]
    assert len(left(maildrop)) == 2


def test_qshape_counts_the_maildrop_where_it_is_named(
    typed: Any, maildrop: Path, tmp_path: Path
) -> None:
    assert maildrop.exists()
    domains = [line.split()[:2] for line in typed("qshape", "maildrop").out.splitlines()[1:]]
    assert domains == [["TOTAL", "6"], ["local", "3"], ["x.test", "3"]]
    senders = [line.split()[:2] for line in typed("qshape", "-s", "maildrop").out.splitlines()[1:]]
    assert senders == [["TOTAL", "3"], ["y.test", "3"]]
    with queue_manager(tmp_path, lambda _: Page(())):
        assert typed("qshape").out.splitlines()[1].split()[:2] == ["TOTAL", "0"]
        both = typed("qshape", "maildrop", "hold").out.splitlines()[1].split()[:2]
    assert both == ["TOTAL", "6"]


def test_who_may_not_look_there_is_told_so(
    typed: Any, maildrop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(maildrop))

    monkeypatch.setattr(Path, "is_dir", forbidden)
    assert typed("qshape", "maildrop") == (1, "", f"qshape: {maildrop}: Permission denied\n")
