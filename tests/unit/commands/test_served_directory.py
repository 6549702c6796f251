"""A mail system runs with one configuration; commands for it obey no other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom import instance
from postroom.commands.queue import on_disk, postcat, postqueue, postsuper, qshape
from postroom.commands.sendmail import open_maildrop, submission
from postroom.commands.sendmail.command import main as sendmail
from postroom.commands.served_directory import asked_for, go_by
from postroom.commands.tables import newaliases
from postroom.systemd import places

Command = Callable[[], object]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one that runs, in the place of the machine's."""
    directory = tmp_path / "served"
    directory.mkdir()
    (directory / "main.cf").touch()
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(directory))
    monkeypatch.setenv("MAIL_CONFIG", "")
    return directory


def test_the_command_line_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_for() == ""
    monkeypatch.setenv("MAIL_CONFIG", "/of/environment")
    assert asked_for() == asked_for([("-v", "")]) == "/of/environment"
    assert asked_for([("-c", "/first"), ("-c", "/last")]) == "/last"


def test_the_one_may_go_by_another_name(served: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(served)
    for name in ("", str(served), f"{served}/", f"{tmp_path}/link"):
        assert go_by(name) == ""


def test_another_is_refused_whether_it_is_there_or_not(served: Path, tmp_path: Path) -> None:
    assert go_by(f"{tmp_path}/no") == f"open {tmp_path}/no/main.cf: No such file or directory"
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.cf").touch()
    assert go_by(str(other)) == f"{other}: no mail system runs with it, only with {served}"


def test_a_further_instance_is_asked_from_then_on(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_CONFIG", "")
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(served.with_name("postroom")))
    further = served.with_name("postroom-out")
    assert go_by(str(further)) == f"open {further}/main.cf: No such file or directory"
    further.mkdir()
    (further / "main.cf").touch()
    assert submission.socket_path() == "/run/postroom/postdrop"
    assert go_by(f"{further}/") == ""
    assert os.environ["MAIL_CONFIG"] == str(further)
    assert submission.socket_path() == "/run/postroom-out/postdrop"
    assert places.socket_path("showq") == "/run/postroom-out/showq"
    assert open_maildrop.directory() == "/var/lib/postroom-out-drop/open"
    assert on_disk.directory() == Path("/var/lib/postroom-out")


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("main", "arguments", "code"),
    [
        (sendmail, ("sendmail", "-C", "/nonexistent", "bob"), 75),
        (sendmail, ("sendmail", "-C", "/nonexistent/main.cf", "bob"), 75),
        (sendmail, ("mailq", "-C/nonexistent"), 75),
        (postqueue.main, ("postqueue", "-c", "/nonexistent", "-p"), 69),
        (postsuper.main, ("postsuper", "-c", "/nonexistent", "-s"), 1),
        (postcat.main, ("postcat", "-c", "/nonexistent", "-q", "NOPE"), 1),
        (newaliases.main, ("newaliases", "-C", "/nonexistent"), 75),
        (qshape.main, ("qshape", "-c", "/nonexistent"), 1),
    ],
)
def test_commands_end_with_postfix_s_code(
    main: Command,
    arguments: tuple[str, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", list(arguments))
    monkeypatch.setenv("MAIL_CONFIG", "")
    with pytest.raises(SystemExit) as ending:
        main()
    assert ending.value.code == code
    complaint = "open /nonexistent/main.cf: No such file or directory\n"
    assert capfd.readouterr().err.endswith(complaint)
