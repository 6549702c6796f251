"""A machine of its own: installed, removed, installed again."""

import os
from pathlib import Path

import pytest

from machine import Machine
from machine.install import install_package
from system.dialogue import talk

COMPILED = "/var/cache/postroom"


def test_removal_leaves_no_socket_and_mail_in_its_place(package: Path) -> None:
    with Machine(f"story-removal-{os.getpid()}", "host.example.com") as machine:
        install_package(machine, package)
        templates = list(machine.path("/usr/share/postroom/units").glob("*.j2"))
        assert len(list(machine.path(COMPILED).iterdir())) == len(templates)
        talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")
        _start_another_instance(machine)
        install_package(machine, package)
        assert machine.run("postmulti", "-i", "postroom-out", "-p", "status") == ""
        machine.run("apt-get", "remove", "-y", "-q", "postroom")
        with pytest.raises(ConnectionRefusedError):
            machine.connect()
        assert not machine.path(COMPILED).exists()
        assert "postroom" not in machine.run(
            "systemctl", "list-units", "--all", "--no-legend", "postroom*.socket"
        )
        install_package(machine, package)
        talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")


def _start_another_instance(machine: Machine) -> None:
    machine.run("postmulti", "-e", "init")
    machine.run("postmulti", "-I", "postroom-out", "-e", "create")
    machine.run("postmulti", "-i", "postroom-out", "-e", "enable")
    machine.run("postmulti", "-i", "postroom-out", "-p", "start")


def test_unattended_installation_listens_on_loopback_only(package: Path) -> None:
    with Machine(f"story-fresh-{os.getpid()}", "host.example.com") as machine:
        install_package(machine, package)
        listening = machine.run("ss", "-Hltn", "sport", "=", "25").split("\n")
        addresses = {line.split()[3].rpartition(":")[0] for line in listening if line}
        assert addresses
        assert addresses <= {"127.0.0.1", "[::1]"}
        machine.add_user("alice")
        machine.run("sendmail", "alice", text="Subject: first\n\nx\n")
        machine.wait_for("first mail", lambda: machine.path("/var/mail/alice").exists(), seconds=20)
