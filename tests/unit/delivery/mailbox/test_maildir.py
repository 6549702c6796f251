"""A message is in a Maildir once, whole, and under the same name at every attempt."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import pytest

from poor_user import UID, as_poor_user
from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Message, WriteMaildir
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.mailbox import maildir as maildirs
from postroom.delivery.mailbox.maildir import write_maildirs

CONTENT = b"Subject: x\r\n\r\n..dot\r\n"
NAME = "1800000000.Q65A1B2C3D4E5FR00000001.mail.test"


def job(path: Path, name: str = NAME, content: bytes = CONTENT) -> Job:
    message = Message(b"Return-Path: <>\n", len(content))
    return Job(WriteMaildir(str(path), name, message), Content(0, data=content))


def deliver(*jobs: Job) -> list[str]:
    return [result.code for result in write_maildirs(jobs)]


def test_a_message_arrives_in_new_in_local_form(tmp_path: Path) -> None:
    assert deliver(job(tmp_path / "Maildir")) == ["2.0.0"]
    (file,) = (tmp_path / "Maildir/new").iterdir()
    assert file.read_bytes() == b"Return-Path: <>\nSubject: x\n\n.dot\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "Maildir/tmp").iterdir()) == []


def test_a_maildir_is_made_with_all_above_it_and_is_the_user_s_alone(tmp_path: Path) -> None:
    assert deliver(job(tmp_path / "below/some/Maildir")) == ["2.0.0"]
    for made in ("below", "below/some", "below/some/Maildir", "below/some/Maildir/new"):
        assert (tmp_path / made).stat().st_mode & 0o777 == 0o700


def test_a_maildir_is_made_however_many_directories_are_missing_above_it(tmp_path: Path) -> None:
    place = tmp_path.joinpath(*"d" * 1500)
    assert deliver(job(place)) == ["2.0.0"]
    assert (place / "new" / NAME).is_file()
    subprocess.run(["rm", "-r", tmp_path / "d"], check=True)


@pytest.mark.parametrize("place", ["new/{}", "cur/{}:2,", "cur/{}:2,S"])
def test_a_repeated_delivery_leaves_one_message(tmp_path: Path, place: str) -> None:
    deliver(job(tmp_path))
    (tmp_path / "new" / NAME).rename(tmp_path / place.format(NAME))
    assert deliver(job(tmp_path)) == ["2.0.0"]
    assert sum(1 for path in tmp_path.rglob("*") if path.is_file()) == 1


def test_a_failed_write_leaves_nothing_and_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    assert deliver(job(tmp_path)) == ["4.3.0"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_cannot_be_written_is_told_by_its_whole_name(public_path: Path) -> None:
    """A Maildir that is somebody else's; one where there can be none; and the root itself."""
    (public_path / "new").mkdir()
    (public_path / "cur").mkdir()
    places = {
        public_path: f"{public_path}/tmp",
        public_path / "new/below": f"{public_path}/new/below",
        Path("/"): "/new",
    }

    def work() -> int:
        results = write_maildirs([job(place) for place in places])
        told = [f"maildir delivery failed: {where}: Permission denied" for where in places.values()]
        return [result.text for result in results] != told

    assert as_poor_user(work) == 0


def test_a_batch_goes_to_several_maildirs_and_one_that_fails_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    places = (tmp_path / "a", tmp_path / "file", tmp_path / "b", tmp_path / "a")
    jobs = [job(place, f"{number}.{NAME}") for number, place in enumerate(places)]
    assert deliver(*jobs) == ["2.0.0", "5.2.0", "2.0.0", "2.0.0"]
    found = sorted(path.relative_to(tmp_path).as_posix()[:5] for path in tmp_path.glob("*/new/*"))
    assert found == ["a/new", "a/new", "b/new"]


def test_no_message_counts_as_delivered_before_its_name_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of three fsync(2) calls is the directory's."""
    calls = []

    def fail_at_the_directory(_: int) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail_at_the_directory)
    assert deliver(job(tmp_path, f"1.{NAME}"), job(tmp_path, f"2.{NAME}")) == ["4.3.0", "4.3.0"]


def test_a_name_that_is_found_is_made_to_last_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wrote it was killed between the two."""
    deliver(job(tmp_path))
    synced = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").readlink())
    )
    assert deliver(job(tmp_path)) == ["2.0.0"]
    assert synced == [tmp_path / "new", tmp_path / "cur"]


def test_a_batch_is_delivered_where_the_user_may_have_no_more_threads(
    public_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Threads of earlier tests are not there any more in a child.
    monkeypatch.setattr(maildirs, "_threads", cache(partial(ThreadPoolExecutor, 2)))
    maildir = public_path / "Maildir"
    maildir.mkdir()
    os.chown(maildir, UID, UID)

    def work() -> int:
        codes = deliver(*(job(maildir, f"{number}.{NAME}") for number in range(9)))
        return codes != ["2.0.0"] * 9

    assert as_poor_user(work) == 0
    assert len(list((maildir / "new").iterdir())) == 9


def test_what_waits_together_is_delivered_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at once, and each that fails fails alone."""
    real = os.fsync

    def fail_at_the_third(descriptor: int) -> None:
        if f"/3.{NAME}" in os.fspath(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(5, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail_at_the_third)
    codes = deliver(*(job(tmp_path, f"{number}.{NAME}") for number in range(20)))
    assert codes == ["2.0.0"] * 3 + ["4.3.0"] + ["2.0.0"] * 16
    assert len(list((tmp_path / "new").iterdir())) == 19
    assert list((tmp_path / "tmp").iterdir()) == []
