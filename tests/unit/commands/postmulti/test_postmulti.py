"""postmulti(1): which instances are meant, and what becomes of their files."""

import sys
from pathlib import Path

import pytest

from postroom import instance
from postroom.commands.postmulti import command, life
from postroom.commands.postroom import manager

MAIN = "compatibility_level = 3.11\nmyhostname = mail.example.org\n"


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """/etc with a first instance, and stock files; no systemd is asked."""
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path / "postroom"))
    monkeypatch.setattr(life, "PRIMARY_DIRECTORY", str(tmp_path / "postroom"))
    monkeypatch.setattr(life, "STOCK", tmp_path / "stock")
    monkeypatch.setattr(manager, "running", lambda: False)
    monkeypatch.setenv("MAIL_CONFIG", "")
    for name in ("postroom", "stock"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.cf").write_text(MAIN)
        (tmp_path / name / "master.cf").write_text("smtp unix - - n - - smtp\n")
    return tmp_path


class Typed:
    """A terminal: what is typed, and what is seen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def __call__(self, line: str, code: int = 0) -> str:
        self._monkeypatch.setattr(sys, "argv", ["postmulti", *line.split()])
        with pytest.raises(SystemExit) as ending:
            command.main()
        out, err = self._capfd.readouterr()
        assert ending.value.code == code, err
        return out if code == 0 else err


@pytest.fixture
def typed(etc: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typed:
    return Typed(monkeypatch, capfd)


def names(typed: Typed, line: str = "-l") -> list[str]:
    return [line.split()[0] for line in typed(line).splitlines()]


def test_without_others_the_first_stands_for_itself(typed: Typed, etc: Path) -> None:
    assert typed("-l") == f"-               -               y         {etc}/postroom\n"


def test_there_is_none_besides_the_first_before_init(typed: Typed) -> None:
    assert "run 'postmulti -e init' first" in typed("-e create -I postroom-a", code=1)


def test_a_new_one_takes_no_mail_until_somebody_says_so(typed: Typed, etc: Path) -> None:
    (etc / "postroom/main.cf").write_text(f"{MAIN}mail_owner = mailer\n")
    typed("-e init")
    typed("-e create -I postroom-a -G edge queue_directory=/srv/a")
    assert (
        typed("-l").splitlines()[1] == f"postroom-a      edge            n         {etc}/postroom-a"
    )
    written = (etc / "postroom-a/main.cf").read_text()
    assert written.startswith(MAIN)
    assert set(written.removeprefix(MAIN).splitlines()) == {
        "authorized_submit_users =",
        "mail_owner = mailer",
        "master_service_disable = inet",
        "multi_instance_group = edge",
        "multi_instance_name = postroom-a",
        "queue_directory = /srv/a",
    }


def test_new_ones_stand_last_or_before_those_that_are_chosen(typed: Typed) -> None:
    typed("-e init")
    typed("-e create -I postroom-a -G g")
    typed("-e create -I postroom-b -G h")
    typed("-e create -I postroom-c -i postroom-b")
    typed("-e create -I postroom-d -g g")
    ordered = ["-", "postroom-d", "postroom-a", "postroom-c", "postroom-b"]
    assert names(typed) == ordered
    assert names(typed, "-l -R") == ordered[::-1]
    assert names(typed, "-l -g h") == ["postroom-b"]
    assert names(typed, "-l -i postroom-c") == ["postroom-c"]
    assert names(typed, "-l -i -") == ["-"]


def test_what_is_configured_is_imported_as_it_is(typed: Typed, etc: Path) -> None:
    typed("-e init")
    typed("-e create -I postroom-a")
    before = (etc / "postroom-a/main.cf").read_text()
    typed("-i postroom-a -e deport")
    assert names(typed) == ["-"]
    typed(f"-e import config_directory={etc}/postroom-a")
    assert names(typed) == ["-", "postroom-a"]
    assert (etc / "postroom-a/main.cf").read_text() == before
    assert "is an instance already" in typed("-e create -I postroom-a", code=1)


def test_names_and_groups_come_and_go(typed: Typed) -> None:
    typed("-e init")
    typed("-e create -I postroom-a")
    typed("-i postroom-a -e assign -I postroom-b -G g")
    typed("-i postroom-b -e enable")
    assert typed("-l").splitlines()[1].split()[:3] == ["postroom-b", "g", "y"]
    typed("-i postroom-b -e assign -G -")
    typed("-i postroom-b -e disable")
    assert typed("-l").splitlines()[1].split()[:3] == ["postroom-b", "-", "n"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("-e create -I out", "the name of an instance begins with postroom-"),
        ("-e create", "a further instance is configured in"),
        ("-e create config_directory=/srv/postroom-a", "a further instance is configured in"),
        ("-e create -I postroom-a color=red", "not the directory of an instance: color"),
        ("-e import -I postroom-nosuch", "there is no main.cf"),
        ("-e enable", "specify one instance with -i"),
        ("-e destroy -i -", "the first instance stays"),
        ("-l -i postroom-nosuch", "no such instance: postroom-nosuch"),
        ("-l -p", "usage:"),
        ("-p", "usage:"),
        ("-p -R status", "usage:"),
        ("-e nosuch", "usage:"),
        ("-k", "usage:"),
        ("", "usage:"),
    ],
)
def test_what_cannot_be_is_told(typed: Typed, line: str, reason: str) -> None:
    typed("-e init")
    assert reason in typed(line, code=1)


def test_a_command_is_run_for_each_and_told_for_which(typed: Typed, etc: Path) -> None:
    typed("-e init")
    typed("-e create -I postroom-a")
    script = etc / "script"
    script.write_text('#!/bin/sh\necho "$MAIL_CONFIG $multi_instance_name $queue_directory"\n')
    script.chmod(0o755)
    assert typed(f"-x {script}").splitlines() == [
        f"{etc}/postroom  /var/lib/postroom",
        f"{etc}/postroom-a postroom-a /var/lib/postroom-a",
    ]
    typed("-x false", code=1)
    assert "No such file" in typed("-x /nonexistent", code=1)


def test_only_the_first_may_be_asked(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("-e init")
    typed("-e create -I postroom-a")
    monkeypatch.setenv("MAIL_CONFIG", f"{instance.PRIMARY_DIRECTORY}-a")
    assert "postmulti goes by the first instance" in typed("-l", code=1)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("-p start", ["- start", "a check", "b start"]),
        ("-p stop", ["b stop", "- stop"]),
        ("-p reload", ["- reload", "b reload"]),
        ("-p status", ["- status", "a status", "b status"]),
    ],
)
def test_postfix_is_asked_as_its_commands_want_it(
    typed: Typed, etc: Path, line: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To start is to check for who is not enabled, who is left out of stop and control."""
    typed("-e init")
    typed("-e create -I postroom-a")
    typed("-e create -I postroom-b")
    typed("-e enable -i postroom-b")
    postfix = etc / "postfix"
    postfix.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo "$2 $3" >>{etc}/asked\n')
    postfix.chmod(0o755)
    monkeypatch.chdir(etc)
    typed(line)
    seen = (
        (etc / "asked").read_text().replace(f"{etc}/postroom-", "").replace(f"{etc}/postroom", "-")
    )
    assert seen.splitlines() == asked
