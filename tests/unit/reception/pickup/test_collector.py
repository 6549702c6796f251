"""What users leave in the open maildrop: a message of theirs, once, or it is taken away."""

import fcntl
import os
import posix
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from memory_journal import MemoryJournal
from postroom.commands.sendmail import open_maildrop, submission
from postroom.contracts.postdrop import Request, netstring
from postroom.mail.address import Extensions
from postroom.mail.envelope import Recipient
from postroom.maillog.pickup import PickupLog
from postroom.reception.login_senders import ANYBODY, LoginSenders
from postroom.reception.pickup import collector
from postroom.reception.pickup.collector import Collected, Collector
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import Drop, open_drop, pieces, waiting

TO_BOB = Request(sender="me@x.test", recipients=("bob",))
LIMIT = 100_000
# A user without a name: nobody else's files are at stake.
UID = 23_456


class Maildrop:
    """Both directories, as the socket unit makes them, and what is found in the private one."""

    def __init__(self, directory: Path) -> None:
        self.open = directory / "open"
        self.private = directory / "maildrop"
        self.private.mkdir(0o700)
        self.open.mkdir()
        os.chown(self.open, -1, 12_345)
        self.open.chmod(0o3733)
        self.journal = MemoryJournal()
        self.submitters: tuple[str, ...] = ("static:anyone",)
        self.login_senders: tuple[str, ...] = ANYBODY
        self.warnings: list[str] = []

    def collector(self) -> Collector:
        return Collector(
            self.open,
            self.private,
            PickupLog(self.journal),
            limit=LIMIT,
            submitters=Submitters(self.submitters),
            senders=LoginSenders(self.login_senders, "<>", Extensions(""), self.warnings.append),
            myhostname="mail.test",
        )

    def collect(self) -> str:
        return self.collector().collect().reason

    def leave(self, request: Request = TO_BOB, content: bytes = b"Subject: x\n\n") -> Path:
        """As sendmail does; the new file."""
        before = set(self.open.iterdir())
        with closing(open_maildrop.Dropping()) as dropping:
            dropping.leave(request.encode(), iter([content]))
        (made,) = set(self.open.iterdir()) - before
        os.chown(made, UID, -1)
        return made

    def messages(self) -> list[tuple[Drop, bytes]]:
        found = []
        for name in waiting(self.private):
            file = open_drop(self.private, name)
            found.append((file.drop, b"".join(pieces(file, 1000))))
            os.close(file.descriptor)
        return found

    @property
    def left(self) -> list[str]:
        return [path.name for path in self.open.iterdir()]


@pytest.fixture
def maildrop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maildrop:
    monkeypatch.setattr(open_maildrop, "directory", lambda: str(tmp_path / "open"))
    monkeypatch.setattr(submission, "socket_path", lambda: str(tmp_path / "socket"))
    return Maildrop(tmp_path)


def test_a_message_left_there_is_its_owner_s_whatever_it_says(maildrop: Maildrop) -> None:
    maildrop.leave(Request(sender="root", full_name="The Boss", recipients=("bob",)), b"hello\n")
    assert maildrop.collect() == ""
    ((drop, content),) = maildrop.messages()
    assert content == b"hello\n"
    assert (drop.sender, drop.recipients) == ("root", (Recipient("bob"),))
    assert (drop.submitter.uid, drop.submitter.login) == (UID, f"uid{UID}")
    assert maildrop.left == []


def test_sendmail_leaves_it_there_and_needs_no_service(maildrop: Maildrop) -> None:
    submission.submit(TO_BOB, iter([b"one\n", b"two\n"]))
    maildrop.collect()
    ((_, content),) = maildrop.messages()
    assert content == b"one\ntwo\n"


def test_sendmail_pokes_and_does_not_wait_for_an_answer(maildrop: Maildrop) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(submission.socket_path())
        listener.listen()
        submission.submit(TO_BOB, iter([b"x\n"]))
        caller, _ = listener.accept()
        with caller:
            assert caller.recv(100) == netstring(b"")


def test_a_file_of_sendmail_cannot_be_read_or_written_by_others(maildrop: Maildrop) -> None:
    before = os.umask(0o000)
    try:
        status = maildrop.leave().stat()
    finally:
        os.umask(before)
    assert (status.st_mode & 0o7777, status.st_gid) == (0o640, 12_345)


def test_a_killed_sendmail_leaves_nothing(maildrop: Maildrop) -> None:
    def cut() -> Iterator[bytes]:
        yield b"Subject: half\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        submission.submit(TO_BOB, cut())
    assert maildrop.left == []


def test_a_full_disk_is_told_and_leaves_nothing(
    maildrop: Maildrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(posix, "write", no_space)
    with pytest.raises(submission.Unreachable, match="No space left"):
        submission.submit(TO_BOB, iter([b"x\n"]))
    assert maildrop.left == []


def test_what_would_not_leave_room_for_its_copy_is_not_taken(
    maildrop: Maildrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = SimpleNamespace(f_bavail=70_000, f_frsize=1)
    monkeypatch.setattr(posix, "fstatvfs", lambda _: space)
    submission.submit(TO_BOB, iter([b"x" * 4000]))
    with pytest.raises(submission.Unreachable, match="No space left"):
        submission.submit(TO_BOB, iter([b"x" * 5000]))
    assert len(maildrop.left) == 1


def second_name(file: Path) -> None:
    os.link(file, file.parent.parent / "kept")


def system_file(file: Path) -> None:
    file.unlink()
    secret = file.parent.parent / "shadow"
    secret.write_text("root:secret\n")
    secret.chmod(0o640)
    os.link(secret, file)


def moved_in(file: Path) -> None:
    own = file.parent.parent / "own"
    own.write_bytes(file.read_bytes())
    own.chmod(0o640)
    own.rename(file)


def symbolic_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/passwd")


def fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o640)


def unix_socket(file: Path) -> None:
    """Its path may be longer than bind(2) takes."""
    file.unlink()
    os.mknod(file, stat.S_IFSOCK | 0o644)


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir(0o640)


def sparse_giant(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(1 << 40)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2])


def other_text(file: Path) -> None:
    file.write_bytes(b"Subject: x\n\n")


def strange_name(file: Path) -> None:
    file.rename(file.with_name("a\n..b"))


def another_mode(file: Path) -> None:
    file.chmod(0o4750)


ATTACKS = (
    *(second_name, system_file, moved_in, symbolic_link, fifo, unix_socket, directory),
    *(sparse_giant, empty, cut_off, other_text, strange_name, another_mode),
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_sendmail_does_not_leave_is_taken_away_and_told(
    maildrop: Maildrop, attack: Callable[[Path], None]
) -> None:
    attack(maildrop.leave())
    assert maildrop.collect() == ""
    assert (maildrop.messages(), maildrop.left) == ([], [])
    (line,) = maildrop.journal.lines
    assert " removed: " in line


def test_two_names_of_one_message_are_delivered_once(maildrop: Maildrop) -> None:
    file = maildrop.leave()
    os.link(file, file.with_name("0"))
    maildrop.collect()
    assert len(maildrop.messages()) == 1


def test_a_directory_with_something_in_it_is_told_once_and_stops_nobody(
    maildrop: Maildrop,
) -> None:
    trap = maildrop.leave()
    directory(trap)
    (trap / "x").touch()
    maildrop.leave()
    pickup = maildrop.collector()
    assert [pickup.collect() for _ in range(3)] == [Collected()] * 3
    assert len(maildrop.messages()) == 1
    (line,) = maildrop.journal.lines
    assert "cannot be removed" in line


def test_a_file_that_changes_while_it_is_read_is_not_used(
    maildrop: Maildrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = maildrop.leave()

    class Meddled(Submitters):
        def check(self, uid: int) -> None:
            with file.open("r+b") as opened:
                opened.seek(-4, os.SEEK_END)
                opened.write(b"!")

    monkeypatch.setattr(f"{__name__}.Submitters", Meddled)
    maildrop.collect()
    assert (maildrop.messages(), maildrop.left) == ([], [])


@pytest.fixture
def signals_of_leases() -> Iterator[None]:
    """Ignored: they would end whoever holds one."""
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGIO, before)


@pytest.mark.usefixtures("signals_of_leases")
def test_a_lease_on_a_file_makes_nobody_wait(maildrop: Maildrop) -> None:
    """open(2) would wait 45 seconds for its holder."""
    held = os.open(maildrop.leave(), os.O_RDWR)
    fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    maildrop.leave()
    assert "unavailable" in maildrop.collect()
    assert len(maildrop.messages()) == 1
    os.close(held)
    assert maildrop.collect() == ""
    assert len(maildrop.messages()) == 2


@pytest.mark.parametrize(
    ("request_", "content", "reason"),
    [
        (TO_BOB, b"x" * (LIMIT + 1), "5.3.4 message file too big"),
        (Request(sender="me@x.test", extract=True), b"Subject: x\n\n", "5.1.0 No recipient"),
        (Request(sender="me@x.test", recipients=("b" * 5000,)), b"", "5.1.0 Bad envelope"),
    ],
)
def test_a_message_that_is_refused_after_sendmail_took_it_is_reported(
    maildrop: Maildrop, request_: Request, content: bytes, reason: str
) -> None:
    maildrop.leave(request_, content)
    assert maildrop.collect() == ""
    ((drop, text),) = maildrop.messages()
    assert (drop.sender, drop.recipients) == ("", (Recipient("me@x.test"),))
    assert reason in text.decode()
    assert maildrop.left == []


def test_who_may_not_send_is_told_by_mail(maildrop: Maildrop) -> None:
    maildrop.submitters = ("somebody-else",)
    maildrop.leave(Request(recipients=("bob",)))
    maildrop.collect()
    ((drop, text),) = maildrop.messages()
    assert drop.recipients == (Recipient(f"uid{UID}"),)
    assert b"is not allowed to submit mail" in text


def test_who_may_not_use_a_name_is_told_by_mail_and_its_owner_is_not(maildrop: Maildrop) -> None:
    maildrop.login_senders = (f"inline:{{uid:{UID}=me@x.test}}",)
    maildrop.leave(Request(sender="me@x.test", recipients=("bob",)))
    maildrop.collect()
    ((drop, _),) = maildrop.messages()
    assert drop.recipients == (Recipient("bob"),)
    (maildrop.private / waiting(maildrop.private)[0]).unlink()
    maildrop.leave(Request(sender="you@x.test", recipients=("bob",)))
    maildrop.collect()
    ((drop, text),) = maildrop.messages()
    assert drop.recipients == (Recipient(f"uid{UID}"),)
    assert b"not authorized to use sender='you@x.test'" in text


def test_a_table_of_senders_that_is_away_keeps_the_message_waiting(maildrop: Maildrop) -> None:
    maildrop.login_senders = ("fail:sorry",)
    maildrop.leave()
    assert "local_login_sender_maps" in maildrop.collect()
    maildrop.login_senders = ANYBODY
    assert maildrop.collect() == ""
    assert len(maildrop.messages()) == 1


def test_what_cannot_be_judged_now_stays(maildrop: Maildrop) -> None:
    maildrop.submitters = ("/nonexistent/list",)
    maildrop.leave()
    assert "authorized_submit_users" in maildrop.collect()
    maildrop.submitters = ("static:anyone",)
    assert maildrop.collect() == ""
    assert len(maildrop.messages()) == 1


class Killed(BaseException):
    """Where the process ends."""


@pytest.mark.parametrize("step", ["remove", "sync_directory"])
def test_a_pickup_killed_at_any_step_loses_and_doubles_nothing(
    maildrop: Maildrop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    maildrop.leave()
    with monkeypatch.context() as patched:
        patched.setattr(collector, step, kill)
        with pytest.raises(Killed):
            maildrop.collect()
    for _ in range(2):
        assert maildrop.collect() == ""
        assert len(maildrop.messages()) == 1
    assert [path.name for path in maildrop.private.glob(".*")] == []


def test_one_user_s_many_files_hold_up_nobody_else_s(
    maildrop: Maildrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "MAX_OF_ONE_OWNER", 3)
    for _ in range(5):
        maildrop.leave()
    late = maildrop.leave()
    os.chown(late, UID + 1, -1)
    assert maildrop.collector().collect() == Collected(more=True)
    assert [drop.submitter.uid for drop, _ in maildrop.messages()].count(UID) == 3
    assert maildrop.messages()[-1][0].submitter.uid == UID + 1
    assert maildrop.collector().collect() == Collected()
    assert len(maildrop.messages()) == 6


def test_without_an_open_maildrop_there_is_nothing_to_do(maildrop: Maildrop) -> None:
    maildrop.open.rmdir()
    assert maildrop.collect() == ""
