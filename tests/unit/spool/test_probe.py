"""A file system that cannot do what the spool needs is found out at the start."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from postroom.spool.probe import Unusable, check_one_file_system, probe
from unit.spool.faulty_disk import FaultyDisk


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    return FaultyDisk(monkeypatch)


def test_a_good_file_system_is_left_as_it_was(tmp_path: Path) -> None:
    probe(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_of_an_earlier_try_is_removed(tmp_path: Path) -> None:
    (tmp_path / "probe").touch()
    (tmp_path / "probe.renamed").touch()
    probe(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("open", "make a file without a name"),
        ("fsync", "write and sync a file"),
        ("link", "give a file its name later"),
        ("rename", "rename a file"),
        ("unlink", "remove a file"),
    ],
)
def test_what_is_lacking_is_named(tmp_path: Path, disk: FaultyDisk, call: str, words: str) -> None:
    disk.verdict = lambda name: errno.EOPNOTSUPP if name == call else 0
    with pytest.raises(Unusable, match=words):
        probe(tmp_path)


def test_leases_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them a client of ours could write to what was acknowledged."""

    def refuse(*_: object) -> int:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    with pytest.raises(Unusable, match="lease a file"):
        probe(tmp_path)


def test_a_directory_s_sync_is_asked_for(tmp_path: Path, disk: FaultyDisk) -> None:
    disk.fails_once("fsync", 2)
    with pytest.raises(Unusable, match="sync a directory"):
        probe(tmp_path)


def test_a_full_disk_is_no_lack(tmp_path: Path, disk: FaultyDisk) -> None:
    """What waits can be delivered all the same."""
    disk.is_full()
    probe(tmp_path)


def test_directories_on_other_file_systems_are_refused(tmp_path: Path) -> None:
    check_one_file_system(tmp_path, [tmp_path])
    with pytest.raises(Unusable, match="not on one file system"):
        check_one_file_system(tmp_path, [Path("/proc")])
