"""An mbox gets a message whole or not at all, and only where it is safe to write."""

import fcntl
import os
import random
import resource
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from postroom.delivery.content import Content
from postroom.delivery.from_quoting import from_quoted
from postroom.delivery.impersonation.tasks import AppendMbox, Locking, Message, Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.mailbox.mbox import append_mboxes, ended

NO_PATIENCE = Locking(("fcntl", "dotlock"), 1, 0.0, 500.0)
CONTENT = b"Subject: x\r\n\r\nFrom me\r\n>From you\r\nFromage\r\n"
STORED = b"From a  now\nReturn-Path: <a>\nSubject: x\n\n>From me\n>From you\nFromage\n\n"


def job(path: Path, user: str = "alice") -> Job:
    message = Message(b"Return-Path: <a>\n", len(CONTENT))
    failing = f"cannot update mailbox {path} for user {user}. "
    task = AppendMbox(str(path), b"From a  now\n", message, NO_PATIENCE, user, failing=failing)
    return Job(task, Content(0, data=CONTENT))


def deliver(path: Path, user: str = "alice") -> Result:
    (result,) = append_mboxes([job(path, user)])
    return result


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """As the unit has it (LimitFSIZE=)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_messages_are_appended_with_from_lines_quoted(tmp_path: Path) -> None:
    assert deliver(tmp_path / "alice").text == "delivered to mailbox"
    assert deliver(tmp_path / "alice").code == "2.0.0"
    assert (tmp_path / "alice").read_bytes() == STORED * 2
    assert (tmp_path / "alice").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alice"]


def quoted_entry(pieces: list[bytes]) -> Iterator[bytes]:
    return ended(from_quoted(pieces))


def test_quoting_does_not_depend_on_the_pieces() -> None:
    source = random.Random(4)
    for _ in range(500):
        text = b"".join(source.choices([b"From ", b"From", b"\n", b"x", b">"], k=12))
        whole = b"".join(quoted_entry([text]))
        cuts = sorted(source.choices(range(len(text) + 1), k=3))
        starts, ends = [0, *cuts], [*cuts, len(text)]
        pieces = [text[a:b] for a, b in zip(starts, ends, strict=True)]
        assert b"".join(quoted_entry(pieces)) == whole
        assert b"\nFrom " not in b"\n" + whole
        assert whole.replace(b">From ", b"From ").startswith(text.replace(b">From ", b"From "))


def test_a_full_mailbox_takes_nothing(tmp_path: Path) -> None:
    deliver(tmp_path / "alice")
    with files_limited_to(100):
        result = deliver(tmp_path / "alice")
    assert (result.code, result.text.endswith("error writing message: File too large")) == (
        "5.2.2",
        True,
    )
    assert (tmp_path / "alice").read_bytes() == STORED


def test_a_failed_write_takes_the_mailbox_back_to_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tmp_path / "alice")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        assert deliver(tmp_path / "alice").code == "4.3.0"
    assert (tmp_path / "alice").read_bytes() == STORED
    assert not (tmp_path / "alice.lock").exists()


def symlink(path: Path) -> None:
    (path.parent / "victim").write_text("precious")
    path.symlink_to(path.parent / "victim")


def hard_link(path: Path) -> None:
    (path.parent / "victim").write_text("precious")
    path.hardlink_to(path.parent / "victim")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))


def directory(path: Path) -> None:
    path.mkdir()


def of_somebody_else(path: Path) -> None:
    path.write_text("precious")
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (symlink, "5.2.0"),
        (hard_link, "5.2.0"),
        (fifo, "5.2.0"),
        (directory, "5.2.0"),
        (device, "5.2.0"),
        (of_somebody_else, "4.2.0"),
    ],
)
def test_what_is_no_plain_mailbox_of_the_user_is_not_written_to(
    tmp_path: Path, make: Callable[[Path], None], code: str
) -> None:
    """Neither as a mailbox nor as a file that an alias or .forward file names, unless that may
    be shared with others."""
    make(tmp_path / "alice")
    assert deliver(tmp_path / "alice").code == code
    if make is not of_somebody_else:
        assert deliver(tmp_path / "alice", user="").code == code
    for name in ("victim", "alice"):
        if (tmp_path / name).is_file():
            assert (tmp_path / name).read_text() == "precious"


def test_mail_waits_while_a_reader_holds_the_dot_lock(tmp_path: Path) -> None:
    (tmp_path / "alice.lock").touch()
    result = deliver(tmp_path / "alice")
    assert result.code == "4.2.0"
    assert "unable to create lock file" in result.text
    assert (tmp_path / "alice").read_bytes() == b""
    assert (tmp_path / "alice.lock").exists()


@contextmanager
def held_by_another(path: Path, take: Callable[[int, int], None]) -> Iterator[None]:
    """fcntl(2) locks are a process's own."""
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(done[1])
        take(os.open(path, os.O_RDWR), fcntl.LOCK_EX)
        os.write(ready[1], b"x")
        os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    yield
    os.close(done[1])
    os.waitpid(child, 0)


@pytest.mark.parametrize(("style", "take"), [("fcntl", fcntl.lockf), ("flock", fcntl.flock)])
def test_mail_waits_while_a_reader_holds_the_configured_lock_and_no_other(
    tmp_path: Path, style: str, take: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as deliver_lock_attempts says, and as long in between."""
    alice = tmp_path / "alice"
    alice.touch()
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    def deliver_with(*styles: str) -> Result:
        letter = job(alice)
        task = msgspec.structs.replace(letter.task, locking=Locking(styles, 4, 7.0, 500.0))
        (result,) = append_mboxes([letter._replace(task=task)])
        return result

    other = "flock" if style == "fcntl" else "fcntl"
    with held_by_another(alice, take):
        result = deliver_with("dotlock", style)
        assert (result.code, pauses) == ("4.2.0", [7.0] * 3)
        assert f"unable to lock {alice}" in result.text
        assert not (tmp_path / "alice.lock").exists()
        assert deliver_with("dotlock", other).code == "2.0.0"
    assert deliver_with(style, "dotlock").code == "2.0.0"
    assert alice.read_bytes() == STORED * 2


def test_a_stale_dot_lock_is_removed(tmp_path: Path) -> None:
    (tmp_path / "alice.lock").touch()
    old = time.time() - 501
    os.utime(tmp_path / "alice.lock", (old, old))
    assert deliver(tmp_path / "alice").code == "2.0.0"


def test_of_a_batch_each_message_is_whole_or_not_there(tmp_path: Path) -> None:
    alice = tmp_path / "alice"
    jobs = [job(alice), job(alice), job(tmp_path / "bob"), job(alice)]
    with files_limited_to(len(STORED) + 10):
        codes = [result.code for result in append_mboxes(jobs)]
    assert codes == ["2.0.0", "5.2.2", "2.0.0", "5.2.2"]
    assert alice.read_bytes() == STORED
    assert (tmp_path / "bob").read_bytes() == STORED


def test_a_batch_waits_for_the_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    append_mboxes([job(tmp_path / "alice")] * 5)
    assert len(calls) == 1


def test_a_mailbox_that_is_removed_while_we_wait_for_its_lock_is_made_anew(tmp_path: Path) -> None:
    """Mail readers do so when they have emptied it; appended to what has no name is lost."""
    alice, lock = tmp_path / "alice", tmp_path / "alice.lock"
    alice.write_bytes(b"")
    lock.touch()

    def reader() -> None:
        time.sleep(0.1)
        alice.unlink()
        lock.unlink()

    patient = Locking(("dotlock",), 100, 0.02, 500.0)
    letter = job(alice)
    task = msgspec.structs.replace(letter.task, locking=patient)
    with ThreadPoolExecutor() as threads:
        threads.submit(reader)
        (result,) = append_mboxes([letter._replace(task=task)])
    assert result.code == "2.0.0"
    assert alice.read_bytes() == STORED


def as_somebody(do: Callable[[], object]) -> None:
    """Root needs no permission, so this is done by uid 12345."""
    child = os.fork()
    if child == 0:
        try:
            os.setresgid(12345, 12345, 12345)
            os.setresuid(12345, 12345, 12345)
            do()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def test_only_a_user_s_own_mailbox_needs_a_lock_file(public_path: Path) -> None:
    """A file that an alias names may lie where its writer can make no other, as /var/log."""
    path = public_path / "archive"
    path.touch()
    os.chown(path, 12345, 12345)
    report = public_path / "report"
    report.touch()
    report.chmod(0o666)

    def both() -> None:
        shared, own = deliver(path, user=""), deliver(path)
        report.write_text(f"{shared.code} {shared.warning}\n{own.code} {own.text}")

    as_somebody(both)
    refused = f"unable to create lock file {path}.lock: Permission denied"
    assert report.read_text().splitlines() == [
        f"2.0.0 {refused}",
        f"4.2.0 cannot update mailbox {path} for user alice. {refused}",
    ]
    assert path.read_bytes() == STORED
