"""Services that run commands: whose they are, and what cannot be."""

from pathlib import Path

import pytest

from postroom.config.problem import ConfigError
from unit.generator.planned import MAIN, planned, settings


def test_a_pipe_runs_as_its_command_s_user_and_nobody_where_there_is_none(tmp_path: Path) -> None:
    lines = (
        "one unix - n n - - pipe user=daemon:mail argv=/bin/cat $sender\n"
        "two unix - n n - - pipe user=nosuchuser argv=/bin/cat\n"
    )
    units = planned(tmp_path, lines, f"{MAIN}one_time_limit = 7s\n")
    known, unknown = (units[f"postroom-pipe@{name}.service"] for name in ("one", "two"))
    assert known.values["command_user"] == "daemon"
    assert settings(known)["time_limit"] == 7.0
    assert settings(known)["arguments"][-1] == "$sender"
    assert unknown.values["command_user"] == ""


def test_a_pipe_may_change_its_root_where_its_line_says_so_and_has_a_user(tmp_path: Path) -> None:
    lines = (
        "one unix - n n - - pipe user=daemon argv=/bin/cat\n"
        "two unix - n n - - pipe user=daemon chroot=/srv argv=/bin/cat\n"
        "three unix - n n - - pipe user=nosuchuser chroot=/srv argv=/bin/cat\n"
    )
    units = planned(tmp_path, lines)
    roots = [
        units[f"postroom-pipe@{name}.service"].values["command_root"]
        for name in ("one", "two", "three")
    ]
    assert roots == [False, True, False]


@pytest.mark.parametrize("attributes", ["argv=/bin/cat", "user=a chroot=x argv=/x"])
def test_a_pipe_that_cannot_be_stops_the_configuration(tmp_path: Path, attributes: str) -> None:
    with pytest.raises(ConfigError, match="one: "):
        planned(tmp_path, f"one unix - n n - - pipe {attributes}\n")


def test_spawn_listens_where_its_line_says_and_runs_as_its_user(tmp_path: Path) -> None:
    units = planned(
        tmp_path,
        "policy unix - n n - 7 spawn user=daemon argv=/bin/cat -u\n"
        "open unix n n n - 0 spawn user=nosuchuser argv=/bin/cat\n"
        "localhost:2000 inet n n n - - spawn user=daemon argv=/bin/cat\n",
        f"{MAIN}policy_time_limit = 1h\n",
    )
    policy, other, inet = (
        units[f"postroom-spawn@{name}.service"] for name in ("policy", "open", "localhost:2000")
    )
    assert policy.values["command_user"] == "daemon"
    assert other.values["command_user"] == ""
    assert (settings(policy)["time_limit"], settings(policy)["process_limit"]) == (3600.0, 7)
    assert settings(policy)["arguments"] == ["user=daemon", "argv=/bin/cat", "-u"]
    sockets = [units[unit.name.replace(".service", ".socket")] for unit in (policy, other, inet)]
    assert [unit.values["private"] for unit in sockets] == [True, False, False]
    assert sockets[0].values["listen"] == ("/run/postroom/policy",)
    assert sockets[2].values["listen"] == ("127.0.0.1:2000", "[::1]:2000")


@pytest.mark.parametrize("attributes", ["argv=/bin/cat", "user=daemon flags=x"])
def test_a_spawn_that_cannot_be_stops_the_configuration(tmp_path: Path, attributes: str) -> None:
    with pytest.raises(ConfigError, match="one: "):
        planned(tmp_path, f"one unix - n n - - spawn {attributes}\n")
