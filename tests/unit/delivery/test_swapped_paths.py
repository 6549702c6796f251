"""Paths that lead elsewhere from one moment to the next lead no delivery astray. Needs root.

``MALLORY`` exchanges a file or directory for a link while mail is delivered or a list is read
that belongs to ``ALICE``, to root or to Mallory himself. Nothing is written or read that the
one whose rights are used had not meant, and no message that counts as delivered is lost.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import AppendMbox, Locking, Message, WriteMaildir
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.local.forward_file import Untrusted, read_forward
from postroom.delivery.local.keeper import Kept, open_as_root
from postroom.delivery.mailbox.maildir import write_maildirs
from postroom.delivery.mailbox.mbox import append_mboxes
from unit.delivery.race import exchange, race

MAIL_GROUP = 23000
ALICE = Identity(23001, 23001)
MALLORY = Identity(23002, 23002)
ROOT = Identity(0, 0)
SECRET = "precious"
CONTENT = b"Subject: x\r\n\r\nhello\r\n"
LOCKING = Locking(("fcntl", "dotlock"), 1, 0.0, 500.0)


@pytest.fixture
def place(public_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of root's. What the disk keeps is not the question."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return public_path


def owned(path: Path, owner: Identity, mode: int, group: int = -1) -> Path:
    os.chown(path, owner.uid, owner.gid if group < 0 else group, follow_symlinks=False)
    path.chmod(mode)
    return path


def directory(path: Path, owner: Identity, mode: int = 0o755) -> Path:
    path.mkdir()
    return owned(path, owner, mode)


def file(path: Path, owner: Identity, text: str, mode: int = 0o600, group: int = -1) -> Path:
    path.write_text(text)
    return owned(path, owner, mode, group)


def link(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    os.chown(path, MALLORY.uid, MALLORY.gid, follow_symlinks=False)
    return path


def maildir(path: Path, owner: Identity) -> Path:
    directory(path, owner)
    for part in ("tmp", "new", "cur"):
        directory(path / part, owner)
    return path


def files_below(path: Path) -> list[Path]:
    return [each for each in path.rglob("*") if each.is_file() and not each.is_symlink()]


def deliver_to_maildir(path: Path) -> Callable[[], str]:
    numbers = count()

    def deliver() -> str:
        message = Message(b"", len(CONTENT), content=CONTENT)
        task = WriteMaildir(str(path), f"1800000000.Q{next(numbers)}.x.test", message)
        (result,) = write_maildirs([Job(task, Content(0, data=CONTENT))])
        return result.code

    return deliver


def deliver_to_mbox(path: Path, user: str) -> Callable[[], str]:
    def deliver() -> str:
        message = Message(b"", len(CONTENT), content=CONTENT)
        task = AppendMbox(str(path), b"From a  now\n", message, LOCKING, user)
        (result,) = append_mboxes([Job(task, Content(0, data=CONTENT))])
        return result.code

    return deliver


@pytest.mark.parametrize("part", ["", "new", "tmp"])
def test_a_maildir_that_is_exchanged_for_another_s(place: Path, part: str) -> None:
    """Its owner's rights reach no further, and what counts as delivered is in ``new``."""
    others = maildir(place / "others", ALICE)
    home = directory(place / "home", MALLORY)
    own = maildir(home / "Maildir", MALLORY)
    trap = link(home / "trap", others / part)
    said = race(lambda: exchange(own / part, trap), MALLORY, deliver_to_maildir(own), MALLORY)
    assert files_below(others) == []
    new = ("new", "trap") if part == "new" else ("new",)
    arrived = [path for path in files_below(home) if path.parent.name in new]
    assert len(arrived) == said.count("2.0.0")
    assert set(said) <= {"2.0.0", "4.3.0", "5.2.0"}


@pytest.mark.parametrize("user", ["mallory", ""])
def test_a_file_that_is_exchanged_for_a_link(place: Path, user: str) -> None:
    """To what its owner could write, too: mail that counts as delivered is in the mailbox."""
    home = directory(place / "home", MALLORY)
    box, diary = file(home / "box", MALLORY, ""), file(place / "diary", MALLORY, SECRET)
    trap = link(home / "trap", diary)
    said = race(lambda: exchange(box, trap), MALLORY, deliver_to_mbox(box, user), MALLORY)
    assert diary.read_text() == SECRET
    kept = home / ("trap" if box.is_symlink() else "box")
    assert kept.read_text().count("From a  now\n") == said.count("2.0.0")


@pytest.fixture
def spool(place: Path) -> Path:
    """As /var/mail of old: everybody may put something into it."""
    return directory(place / "spool", ROOT, 0o1777)


def test_somebody_s_mail_does_not_end_up_in_another_file_of_the_same_user(spool: Path) -> None:
    """By a link where the mailbox will be. A hard one, gone again at the right moment, nobody
    could see; to what Mallory may not write the kernel makes none (fs.protected_hardlinks)."""
    diary = file(spool.parent / "diary", ALICE, SECRET)
    box = spool / "alice"

    def attack() -> None:
        for put in (os.link, os.symlink):
            with suppress(OSError):
                put(diary, box)
            with suppress(OSError):
                box.unlink()

    said = race(attack, MALLORY, deliver_to_mbox(box, "alice"), ALICE)
    assert diary.read_text() == SECRET
    assert set(said) <= {"2.0.0", "4.2.0", "5.2.0"}


def test_a_lock_file_that_is_a_link_harms_nothing(spool: Path) -> None:
    """Neither made nor removed through it, and stale or not it is only in the way."""
    diary = file(spool.parent / "diary", ALICE, SECRET)
    os.utime(diary, (0, 0))
    box = file(spool / "alice", ALICE, "")
    lock, trap = spool / "alice.lock", link(spool / "trap", diary)

    def attack() -> None:
        with suppress(OSError):
            trap.rename(lock)
        with suppress(OSError):
            lock.rename(trap)

    said = race(attack, MALLORY, deliver_to_mbox(box, "alice"), ALICE)
    assert diary.read_text() == SECRET
    assert diary.stat().st_mtime == 0
    assert box.read_text().count("From a  now\n") == said.count("2.0.0")


def test_a_forward_file_that_is_exchanged_for_a_link(place: Path) -> None:
    """The group that may make mailboxes may read this secret; Mallory may not."""
    secret = file(place / "secret", ROOT, SECRET, 0o640, MAIL_GROUP)
    home = directory(place / "home", MALLORY)
    forward = file(home / ".forward", MALLORY, "bob")
    trap = link(home / "trap", secret)

    def read() -> str:
        try:
            return read_forward([str(forward)])[1]
        except Untrusted:
            return "untrusted"

    reader = MALLORY._replace(groups=(MAIL_GROUP,))
    said = race(lambda: exchange(forward, trap), MALLORY, read, reader)
    assert set(said) <= {"bob", "untrusted"}


@pytest.mark.parametrize("put", [os.symlink, os.link])
@pytest.mark.parametrize("keeper", [MALLORY, ROOT])
def test_a_list_that_is_exchanged_for_root_s_secret(
    place: Path, put: Callable[[Path, Path], None], keeper: Identity
) -> None:
    """In a directory of Mallory's, and in one of root's that his group writes to."""
    secret = file(place / "secret", ROOT, SECRET)
    lists = directory(place / "lists", keeper, 0o2775)
    os.chown(lists, keeper.uid, MALLORY.gid)
    members = file(lists / "all", MALLORY, "bob", 0o644)
    put(secret, lists / "trap")
    if put is os.symlink:
        os.chown(lists / "trap", MALLORY.uid, MALLORY.gid, follow_symlinks=False)

    def read() -> str:
        try:
            descriptor = open_as_root(str(members), os.O_RDONLY)
        except Kept:
            return "kept"
        except OSError:
            return "refused"
        with os.fdopen(descriptor) as text:
            return text.read()

    said = race(lambda: exchange(members, lists / "trap"), MALLORY, read, ROOT)
    assert set(said) <= ({"kept"} if keeper is MALLORY else {"bob", "refused"})
