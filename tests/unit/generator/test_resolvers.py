"""Name servers are those that resolv.conf(5) names, in the form that systemd wants."""

from pathlib import Path

import pytest

from postroom_generator import needs
from postroom_generator.resolvers import resolvers
from unit.generator.planned import planned

RESOLV_CONF = """\
# nameserver 192.0.2.1
search example.org
nameserver 192.0.2.53
nameserver fe80::53%eth0
  nameserver\t2001:db8::53 trailing
nameserver 192.0.2.53
nameserver any
nameserver
"""
COMMANDS = (
    "spf unix - n n - 0 spawn user=daemon argv=/usr/bin/policyd-spf\n"
    "hook unix - n n - - pipe user=daemon argv=/usr/bin/hook\n"
)


def test_name_servers_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text(RESOLV_CONF)
    found = resolvers(tmp_path / "resolv.conf")
    assert found == ("192.0.2.53", "fe80::53", "2001:db8::53")
    assert resolvers(tmp_path / "nothing") == ()


def test_commands_of_spawn_reach_the_name_servers_and_those_of_pipe_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "resolvers", lambda: ("192.0.2.53",))
    units = planned(tmp_path, COMMANDS)
    assert units["postroom-spawn@spf.service"].values["command_hosts"] == ("192.0.2.53",)
    assert units["postroom-pipe@hook.service"].values["command_hosts"] == ()
