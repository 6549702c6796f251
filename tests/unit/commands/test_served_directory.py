"""One configuration is what a mail system runs with; commands for it obey no other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.commands import served_directory
from postroom.commands.queue import postcat, postqueue, postsuper, qshape
from postroom.commands.sendmail.command import main as sendmail
from postroom.commands.served_directory import asked_for, objection
from postroom.commands.tables import newaliases
from postroom.config.configuration import DEFAULT_DIRECTORY

Command = Callable[[], object]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one that runs, in the place of the machine's."""
    directory = tmp_path / "served"
    directory.mkdir()
    (directory / "main.cf").touch()
    monkeypatch.setattr(served_directory, "DIRECTORY", str(directory))
    return directory


def test_it_is_where_everything_else_looks() -> None:
    assert str(DEFAULT_DIRECTORY) == served_directory.DIRECTORY


def test_the_command_line_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_for() == ""
    monkeypatch.setenv("MAIL_CONFIG", "/of/environment")
    assert asked_for() == asked_for([("-v", "")]) == "/of/environment"
    assert asked_for([("-c", "/first"), ("-c", "/last")]) == "/last"


def test_the_one_may_go_by_another_name(served: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(served)
    for name in ("", str(served), f"{served}/", f"{tmp_path}/link"):
        assert objection(name) == ""


def test_another_is_refused_whether_it_is_there_or_not(served: Path, tmp_path: Path) -> None:
    assert objection(f"{tmp_path}/no") == f"open {tmp_path}/no/main.cf: No such file or directory"
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.cf").touch()
    assert objection(str(other)) == f"{other}: no mail system runs with it, only with {served}"


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
