"""postroom(8): a configuration takes effect whole, or not at all."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom import instance
from postroom.commands.postroom import command, generation, manager
from postroom.commands.postroom.unit_set import Changes, compare
from this_tree import GENERATOR

TREE = Path(__file__).resolve().parents[2]
MASTER = (TREE / "conf/master.cf").read_text()
GOOD = "compatibility_level = 3.6\nmyhostname = mail.example.org\ninet_interfaces = loopback-only\n"


class Systemd:
    """Stands for systemctl: remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.target_runs = True

    def systemctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        if arguments[0] == "is-active":
            units = [one for one in arguments[1:] if not one.startswith("-")]
            states = [self._state(unit) for unit in units]
            text = "".join(f"{state}\n" for state in states)
            return subprocess.CompletedProcess(arguments, 0 if "active" in states else 3, text, "")
        if arguments[0] == "list-units":
            return subprocess.CompletedProcess(arguments, 0, "", "")
        if arguments[0] == "show":
            parts = "postroom-qmgr.socket postroom-qmgr.service postroom-smtp.service"
            return subprocess.CompletedProcess(arguments, 0, f"{parts}\n", "")
        self.asked.append(" ".join(arguments))
        return subprocess.CompletedProcess(arguments, 0, "", "")

    def _state(self, unit: str) -> str:
        return "active" if self.target_runs and not unit.endswith(".service") else "inactive"


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch) -> Systemd:
    fake = Systemd()
    monkeypatch.setattr(manager, "_systemctl", fake.systemctl)
    monkeypatch.setattr(manager, "running", lambda: True)
    return fake


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a good configuration, and this tree's generator to judge it."""
    monkeypatch.setattr(generation, "GENERATOR", GENERATOR)
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path))
    (tmp_path / "main.cf").write_text(GOOD)
    (tmp_path / "master.cf").write_text(MASTER)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, config: Path, *verb: str) -> int:
    monkeypatch.setattr(sys, "argv", ["postroom", "-c", str(config), *verb])
    return command.main()


def test_reload_keeps_the_set_that_the_generator_falls_back_to(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, config, "reload") == 0
    assert (config / ".generated/postroom-smtpd@smtp.socket").is_file()
    assert (config / ".generated/postroom.target.wants/postroom-smtpd@smtp.socket").is_symlink()
    assert systemd.asked[0] == "daemon-reload"


def test_a_second_reload_without_a_change_restarts_nothing(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, config, "reload")
    systemd.asked.clear()
    assert run(monkeypatch, config, "reload") == 0
    assert systemd.asked == ["daemon-reload", "start -- postroom.target"]


def test_an_error_changes_nothing_and_is_told(
    config: Path,
    systemd: Systemd,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, config, "reload")
    before = {path.name: path.read_bytes() for path in (config / ".generated").glob("*.*et")}
    systemd.asked.clear()
    (config / "main.cf").write_text("message_size_limit = many\n")
    assert run(monkeypatch, config, "reload") == 1
    assert "message_size_limit" in capsys.readouterr().err
    assert systemd.asked == []
    assert {name: (config / ".generated" / name).read_bytes() for name in before} == before


def test_a_moved_port_stops_the_old_listener_and_opens_the_new(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, config, "reload")
    systemd.asked.clear()
    (config / "master.cf").write_text(re.sub(r"^smtp +inet", "2525 inet", MASTER, flags=re.M))
    assert run(monkeypatch, config, "reload") == 0
    assert systemd.asked == [
        "stop -- postroom-smtpd@smtp.socket",
        "daemon-reload",
        "stop -- postroom-smtpd@2525.socket",
        "start -- postroom-smtpd@2525.socket",
        "start -- postroom.target",
    ]


def test_a_changed_parameter_restarts_services_and_no_listener(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, config, "reload")
    systemd.asked.clear()
    (config / "main.cf").write_text(f"{GOOD}smtpd_banner = hello\n")
    run(monkeypatch, config, "reload")
    assert systemd.asked == [
        "daemon-reload",
        "start -- postroom.target",
        "try-restart --no-block -- postroom-smtpd@smtp.service",
    ]


def test_restart_brings_every_running_service_back(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, config, "reload")
    systemd.asked.clear()
    assert run(monkeypatch, config, "restart") == 0
    *before, restarted = systemd.asked
    assert before == ["daemon-reload", "start -- postroom.target"]
    services = sorted(path.name for path in (config / ".generated").glob("*.service"))
    assert restarted == f"try-restart --no-block -- {' '.join(services)}"


def test_reload_of_a_stopped_mail_system_starts_nothing(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd.target_runs = False
    assert run(monkeypatch, config, "reload") == 0
    assert systemd.asked == ["daemon-reload"]


def test_start_puts_the_configuration_into_effect_first(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd.target_runs = False
    assert run(monkeypatch, config, "start") == 0
    assert systemd.asked == ["daemon-reload", "start -- postroom.target"]


def test_status_says_by_its_exit_code_whether_the_mail_system_runs(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, config, "status") == 0
    systemd.target_runs = False
    assert run(monkeypatch, config, "status") == 1


def test_check_changes_nothing(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(config.iterdir())
    assert run(monkeypatch, config, "check") == 0
    assert sorted(config.iterdir()) == before
    assert systemd.asked == []


@pytest.mark.usefixtures("systemd")
def test_what_no_unit_can_be_made_of_is_told_with_its_line(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (config / "master.cf").write_text(f"{MASTER}nosuchport inet n - n - - smtpd\n")
    assert run(monkeypatch, config, "check", "--json") == 1
    (found,) = (
        one for one in json.loads(capsys.readouterr().out)["problems"] if one["severity"] == "error"
    )
    line = len(MASTER.splitlines()) + 1
    assert (found["path"], found["line"]) == (str(config / "master.cf"), line)
    assert found["text"] == 'nosuchport: unknown port name "nosuchport"'


def test_a_socket_restarts_with_the_service_that_requires_it() -> None:
    """systemd does that by itself; a second restart of the service would cut its sessions."""
    old = {"a.socket": "Service=a.service\nold", "a.service": "old", "b.service": "old"}
    new = {"a.socket": "Service=a.service\nnew", "a.service": "new", "b.service": "new"}
    assert compare(old, new) == Changes(
        gone=(), listeners=("a.socket",), services=("b.service",), new=()
    )


def test_abort_kills_all_but_the_queue_manager_once_nothing_can_come_back(
    config: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, config, "abort") == 0
    units = "postroom-qmgr.socket postroom-qmgr.service postroom-smtp.service"
    assert systemd.asked == [
        f"stop --no-block -- postroom.target {units}",
        "kill --signal=SIGKILL -- postroom-smtp.service",
        f"stop -- postroom.target {units}",
        "reset-failed -- postroom-smtp.service",
    ]


@pytest.mark.usefixtures("systemd")
@pytest.mark.parametrize(
    ("setting", "severity"), [("biff = no", "note"), ("message_size_limit = lots", "error")]
)
def test_check_tells_programs_what_it_found(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    severity: str,
) -> None:
    (config / "main.cf").write_text(f"{GOOD}{setting}\n")
    refused = severity == "error"
    assert run(monkeypatch, config, "check", "--json") == int(refused)
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is not refused
    name, _, _ = setting.partition(" ")
    (found,) = (one for one in told["problems"] if one["text"].startswith(name))
    assert found["severity"] == severity
    assert (found["path"], found["line"]) == (str(config / "main.cf"), 4)
