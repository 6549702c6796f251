"""The units of a further instance, and of a mail system that is not where it usually is."""

from pathlib import Path

import pytest

from postroom import instance
from postroom.config.configuration import load
from postroom_generator.plan import plan
from postroom_generator.render import render
from unit.generator.planned import MAIN

TEMPLATES = Path(__file__).resolve().parents[3] / "units"
MASTER = (TEMPLATES.parent / "conf/master.cf").read_text()


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path / "postroom"))
    return tmp_path


def rendered(directory: Path, main: str = "") -> dict[str, str]:
    directory.mkdir(exist_ok=True)
    (directory / "main.cf").write_text(f"{MAIN}{main}")
    (directory / "master.cf").write_text(MASTER)
    return dict(render(plan(load(directory)), TEMPLATES))


def test_nothing_of_a_further_instance_is_shared_with_the_first(etc: Path) -> None:
    first, further = rendered(etc / "postroom"), rendered(etc / "postroom-out")
    assert set(further) == {
        "postroom-out.target",
        *(name.replace("postroom-", "postroom-out-", 1) for name in first),
    }
    for name, text in further.items():
        settings = [one for one in text.splitlines() if one[:1] not in ("", "#", "[")]
        for shared in (
            "/run/postroom/",
            "/run/postroom\n",
            "/var/lib/postroom/",
            "postroom.target",
        ):
            assert shared not in "\n".join((*settings, "")), name
        for line in settings:
            if line.startswith(("Sockets=", "Service=", "Requires=", "PartOf=", "Slice=")):
                assert all(one.startswith("postroom-out") for one in line.partition("=")[2].split())
            if line.startswith(("StateDirectory=", "ListenStream=/")):
                assert "postroom-out" in line


def test_a_further_instance_starts_with_the_machine_or_by_itself(etc: Path) -> None:
    def wanted(main: str) -> dict[str, str]:
        rendered(etc / "postroom-out", main)
        return {unit.name: unit.wanted_by for unit in plan(load(etc / "postroom-out"))}

    enabled, disabled = wanted("multi_instance_enable = yes\n"), wanted("")
    assert enabled["postroom-out.target"] == "multi-user.target"
    assert enabled["postroom-out-postdrop.socket"] == "sockets.target"
    assert disabled["postroom-out.target"] == ""
    assert disabled["postroom-out-postdrop.socket"] == "postroom-out.target"


def test_a_queue_in_var_lib_is_systemds_to_make(etc: Path) -> None:
    units = rendered(etc / "postroom", "queue_directory = /var/lib/mail/queue\n")
    assert "StateDirectory=mail/queue\n" in units["postroom-qmgr.service"]
    assert "ExecStartPre" not in units["postroom-qmgr.socket"]


def test_a_queue_elsewhere_is_made_for_its_owner_before_the_socket_listens(etc: Path) -> None:
    units = rendered(etc / "postroom", "queue_directory = /srv/queue\nmail_owner = mailer\n")
    assert "StateDirectory=" not in units["postroom-qmgr.service"]
    assert "Environment=STATE_DIRECTORY=/srv/queue\n" in units["postroom-qmgr.service"]
    assert "ReadWritePaths=/srv/queue\n" in units["postroom-qmgr.service"]
    assert "install -d -m 0700 /srv/queue\n" in units["postroom-qmgr.socket"]
    assert "chown -R mailer: /srv/queue\n" in units["postroom-qmgr.socket"]
    assert (
        "ConditionDirectoryNotEmpty=|/srv/queue/deferred\n" in units["postroom-qmgr-retry.service"]
    )


def test_the_mail_owner_is_the_queue_managers_user_and_the_agents_sockets_are_its(
    etc: Path,
) -> None:
    units = rendered(etc / "postroom", "mail_owner = mailer\n")
    assert "User=mailer\n" in units["postroom-qmgr.service"]
    assert "User=mailer\n" in units["postroom-qmgr-retry.service"]
    for socket in ("postroom-local.socket", "postroom-bounce.socket"):
        assert "SocketUser=mailer\n" in units[socket]


def test_daemons_elsewhere_are_run_from_there_and_seen_in_an_empty_root(etc: Path) -> None:
    units = rendered(etc / "postroom", "daemon_directory = /opt/postroom-2\n")
    for name, text in units.items():
        if name.endswith(".service"):
            assert "Environment=PYTHONPATH=/opt/postroom-2\n" in text, name
            assert "ExecStart=/usr/bin/python3 -sP -m postroom." in text, name
            assert ("BindReadOnlyPaths=/opt/postroom-2\n" in text) == ("RootDirectory=" in text), (
                name
            )
