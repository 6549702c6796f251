"""What postdrop answers 2.0.0 to is in the maildrop, whole; of anything else nothing is."""

import asyncio
import os
import pwd
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom.commands.sendmail import submission
from postroom.contracts.postdrop import LET_IN, Malformed, Request, decode_request, netstring
from postroom.mail.address import Extensions
from postroom.mail.envelope import Notify
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.login_senders import ANYBODY, LoginSenders
from postroom.reception.postdrop import doorman
from postroom.reception.postdrop.doorman import Doorman
from postroom.reception.postdrop.room import Room
from postroom.reception.postdrop.session import Events, Session
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import DropFile, open_drop, pieces, prepare, waiting
from postroom.systemd.activity import Activity


def with_postdrop(
    directory: Path,
    calls: Callable[[], None],
    limit: int = 10_000_000,
    homeless: list[int] | None = None,
    *,
    submitters: tuple[str, ...] = ("static:anyone",),
    login_senders: tuple[str, ...] = ANYBODY,
) -> int:
    """Serve postdrop while ``calls`` runs in a thread; returns how often pickup was woken."""
    woken: list[int] = []
    missed = [] if homeless is None else homeless

    async def serve() -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(submission.socket_path())
        listener.listen(100)
        log = PostdropLog(MemoryJournal())
        events = Events(taken=lambda: woken.append(1), homeless=lambda: missed.append(1))
        session = Session(
            directory,
            limit,
            Room(0),
            log,
            submitters=Submitters(submitters),
            senders=LoginSenders(login_senders, "<>", Extensions(""), log.warning),
            events=events,
        )
        listener.setblocking(False)
        standing = Doorman(session, Activity(), listener)
        await asyncio.to_thread(calls)
        standing.leave()
        listener.close()

    asyncio.run(serve())
    return len(woken)


@pytest.fixture
def maildrop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(submission, "socket_path", lambda: str(tmp_path / "socket"))
    directory = tmp_path / "maildrop"
    directory.mkdir()
    return directory


def only_file(maildrop: Path) -> tuple[DropFile, bytes]:
    (name,) = waiting(maildrop)
    file = open_drop(maildrop, name)
    content = b"".join(pieces(file, 1000))
    os.close(file.descriptor)
    return file, content


def test_a_message_and_its_envelope_arrive_whole(maildrop: Path) -> None:
    request = Request(sender="", recipients=("a@x.test", "b"), notify="FAILURE,DELAY", ret="HDRS")
    woken = with_postdrop(maildrop, lambda: submission.submit(request, iter([b"Subject: x\n\n"])))
    file, content = only_file(maildrop)
    assert content == b"Subject: x\n\n"
    assert [recipient.address for recipient in file.drop.recipients] == ["a@x.test", "b"]
    assert file.drop.recipients[0].notify == (Notify.FAILURE, Notify.DELAY)
    assert (file.drop.sender, file.drop.ret) == ("", "HDRS")
    assert file.drop.submitter.uid == os.getuid()
    assert woken == 1


def test_the_calling_user_is_the_sender_where_none_is_named(maildrop: Path) -> None:
    with_postdrop(maildrop, lambda: submission.submit(Request(recipients=("a",)), iter([b"x\n"])))
    file, _ = only_file(maildrop)
    assert file.drop.sender == file.drop.submitter.login != ""


def test_who_is_not_on_the_list_of_submitters_is_refused_whatever_he_sends(maildrop: Path) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), iter([b"x" * 60_000] * 100))
        refusals.append(str(caught.value))

    refusals: list[str] = []
    login = pwd.getpwuid(os.getuid()).pw_name
    with_postdrop(maildrop, call, submitters=(f"!{login}", "static:anyone"))
    assert refusals == [f"User {login}({os.getuid()}) is not allowed to submit mail"]
    assert waiting(maildrop) == []


def test_a_list_of_submitters_that_cannot_be_read_lets_nobody_in_for_now(maildrop: Path) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), iter([b"x\n"]))
        codes.append(caught.value.code)

    codes: list[str] = []
    with_postdrop(maildrop, call, submitters=("/nonexistent/list",))
    assert codes == ["4.3.0"]


def test_a_user_may_not_send_in_the_name_of_others(maildrop: Path) -> None:
    login = pwd.getpwuid(os.getuid()).pw_name

    def call() -> None:
        submission.submit(Request(recipients=("a",)), iter([b"x\n"]))
        submission.submit(Request(sender="Me@x.test", recipients=("a",)), iter([b"x\n"]))
        for sender in ("you@x.test", ""):
            request = Request(sender=sender, recipients=("a",))
            with pytest.raises(submission.Refused) as caught:
                submission.submit(request, iter([b"x" * 60_000] * 100))
            refusals.append((caught.value.code, caught.value.text))

    refusals: list[tuple[str, str]] = []
    tables = (f"inline:{{{{{login} = {login}, me@x.test}}}}",)
    with_postdrop(maildrop, call, login_senders=tables)
    assert refusals == [
        ("5.7.1", "not authorized to use sender='you@x.test'"),
        ("5.7.1", "not authorized to use sender=''"),
    ]
    assert len(waiting(maildrop)) == 2


def test_a_table_of_senders_that_cannot_be_read_lets_nobody_in_for_now(maildrop: Path) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), iter([b"x\n"]))
        codes.append(caught.value.code)

    codes: list[str] = []
    with_postdrop(maildrop, call, login_senders=("fail:sorry",))
    assert codes == ["4.3.0"]


def test_recipients_come_from_the_header_where_asked_for(maildrop: Path) -> None:
    text = b"To: A <a@x.test>, b@x.test\nCc: c\nBcc: d (secret)\nSubject: z@x.test\n\nTo: no\n"
    with_postdrop(maildrop, lambda: submission.submit(Request(extract=True), iter([text])))
    file, _ = only_file(maildrop)
    addresses = [recipient.address for recipient in file.drop.recipients]
    assert addresses == ["a@x.test", "b@x.test", "c", "d"]


def test_a_resent_message_goes_to_its_resent_recipients_only(maildrop: Path) -> None:
    text = b"To: a@x.test\nResent-To: b@x.test\n\n"
    with_postdrop(maildrop, lambda: submission.submit(Request(extract=True), iter([text])))
    file, _ = only_file(maildrop)
    assert [recipient.address for recipient in file.drop.recipients] == ["b@x.test"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request(extract=True), "5.1.0"),
        (Request(recipients=("a" * 5000,)), "5.1.0"),
        (Request(recipients=("a",), notify="NEVER,DELAY"), "5.5.4"),
        (Request(recipients=("a",), notify="SOMETIMES"), "5.5.4"),
        (Request(recipients=("a",), body="BINARY"), "5.1.0"),
        (Request(recipients=("a\nb",)), "5.5.2"),
    ],
)
def test_a_bad_envelope_is_refused_and_nothing_is_kept(
    maildrop: Path, request_: Request, code: str
) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(request_, iter([b"Subject: x\n\n"]))
        assert caught.value.code == code

    assert with_postdrop(maildrop, call) == 0
    assert list(maildrop.iterdir()) == []


def test_a_message_over_the_size_limit_is_refused_before_it_is_read_whole(maildrop: Path) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), (b"x" * 60_000 for _ in range(1000)))
        assert caught.value.code == "5.3.4"

    with_postdrop(maildrop, call, limit=100_000)
    assert list(maildrop.iterdir()) == []


def test_a_caller_that_is_killed_before_the_end_leaves_nothing(maildrop: Path) -> None:
    def call() -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(submission.socket_path())
            sock.sendall(Request(recipients=("a",)).encode() + netstring(b"half a mess"))
            sock.shutdown(socket.SHUT_WR)
            assert sock.makefile("rb").read() == LET_IN

    assert with_postdrop(maildrop, call) == 0
    assert list(maildrop.iterdir()) == []


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.0\r\n\r\n", b"9:a", b"99999999999:x", b"1:xx", b"1" * 100_000],
)
def test_garbage_on_the_socket_harms_nobody(maildrop: Path, garbage: bytes) -> None:
    def call() -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(submission.socket_path())
            sock.sendall(garbage)
            sock.shutdown(socket.SHUT_WR)
            sock.recv(100)
        submission.submit(Request(recipients=("a",)), iter([b"after\n"]))

    with_postdrop(maildrop, call)
    assert only_file(maildrop)[1] == b"after\n"


def test_one_user_can_keep_only_so_many_connections(
    maildrop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else any user could take all descriptors, and nobody else could submit mail."""
    monkeypatch.setattr(doorman, "MAX_WAITING_PER_USER", 3)

    def call() -> None:
        kept = [socket.socket(socket.AF_UNIX) for _ in range(doorman.MAX_PER_USER + 3)]
        for sock in kept:
            sock.connect(submission.socket_path())
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(submission.socket_path())
            assert sock.recv(1) == b""
        for sock in kept:
            sock.close()

    with_postdrop(maildrop, call)


def test_a_full_disk_is_a_temporary_refusal(
    maildrop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), iter([b"x"]))
        assert caught.value.code == "4.3.0"

    monkeypatch.setattr(os, "write", no_space)
    with_postdrop(maildrop, call)


def test_a_lost_maildrop_is_a_temporary_refusal_and_reason_to_start_again(maildrop: Path) -> None:
    def call() -> None:
        with pytest.raises(submission.Refused) as caught:
            submission.submit(Request(recipients=("a",)), iter([b"x"]))
        assert caught.value.code == "4.3.0"

    homeless: list[int] = []
    maildrop.rmdir()
    with_postdrop(maildrop, call, homeless=homeless)
    assert homeless == [1]


def test_a_missing_maildrop_is_made_with_a_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    assert prepare(tmp_path, warnings.append).is_dir()
    assert len(warnings) == 1
    prepare(tmp_path, warnings.append)
    assert len(warnings) == 1


def test_a_request_survives_its_encoding() -> None:
    request = Request(
        sender="s@x",
        full_name="Full Näme",
        recipients=("a", "b=c"),
        extract=True,
        notify="NEVER",
        ret="FULL",
        envid="id",
        body="8BITMIME",
        trace="verbose",
        gateway=True,
    )
    encoded = request.encode()
    assert decode_request(encoded[encoded.index(b":") + 1 : -1]) == request


@pytest.mark.parametrize(
    "data", [b"3:abc,", b"8:sender=x", b"7:other=x,", b"10:sender=\xff\xff\xff,"]
)
def test_malformed_requests_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode_request(data)
