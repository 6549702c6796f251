"""The RPM packages: nothing to find fault with, the same files as in the others, and a machine
on which they are installed, upgraded and erased."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest

from machine import Machine
from machine.places import TREE
from system import rpm_packages
from system.dialogue import talk

# Debian's place for what Fedora has elsewhere.
MODULES_OF_DEBIAN = "/usr/lib/python3/dist-packages/"
# What each has in a way of its own.
OF_DEBIAN = ("/usr/share/doc/", "/usr/share/postroom/debian/", "/usr/share/lintian/")
OF_RPM = ("/usr/share/doc/", "/usr/share/licenses/", "/etc/postroom/")


@pytest.fixture(scope="module")
def packages() -> Path:
    return rpm_packages.build()


@pytest.fixture
def machine(packages: Path) -> Iterator[Machine]:
    with Machine(f"story-rpm-{os.getpid()}", "host.example.com") as machine:
        rpm_packages.prepare(machine)
        rpm_packages.install(machine, packages)
        yield machine


def test_rpmlint_has_nothing_to_say(packages: Path) -> None:
    rules = TREE / "packaging/rpm"
    found = run(
        ["rpmlint", "-c", rules / "rpmlint.toml", rules / "postroom.spec", *packages.glob("*.rpm")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert " 0 errors, 0 warnings" in found.stdout, found.stdout


def test_they_hold_what_debian_s_hold(packages: Path, package: Path) -> None:
    debian = {_in_fedora(name) for deb in package.glob("*.deb") for name in _files_of_deb(deb)}
    fedora = {name for rpm in rpm_packages.binaries(packages) for name in _files_of_rpm(rpm)}
    theirs = {name for name in debian if not name.startswith(OF_DEBIAN)}
    # What is called sendmail.postroom is what becomes sendmail.
    ours = {name.replace(".postroom", "") for name in fedora if not name.startswith(OF_RPM)}
    assert theirs - ours == {"/usr/sbin/newaliases", "/usr/sbin/rmail"}
    assert ours - theirs == {"/usr/share/man/man8/sendmail.8.gz"}


def _files_of_deb(package: Path) -> list[str]:
    listed = run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout
    names = (line.split(maxsplit=5)[5].partition(" -> ")[0] for line in listed.splitlines())
    return [name.removeprefix(".") for name in names if not name.endswith("/")]


def _files_of_rpm(package: Path) -> list[str]:
    query = ["rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", package]
    listed = run(query, capture_output=True, text=True, check=True).stdout
    return [line.split()[1] for line in listed.splitlines() if not line.startswith("d")]


def _in_fedora(name: str) -> str:
    return name.replace(MODULES_OF_DEBIAN, f"{rpm_packages.MODULES}/")


def test_mail_of_programs_arrives_and_the_commands_are_there(machine: Machine) -> None:
    assert machine.run("readlink", "-f", "/usr/sbin/sendmail").strip().endswith("postroom/sendmail")
    assert machine.run("readlink", "-f", "/usr/lib/sendmail").strip().endswith("postroom/sendmail")
    assert machine.run("systemctl", "is-enabled", "postroom.target").strip() == "enabled"
    machine.run("systemctl", "start", "postroom.target")
    _deliver(machine, "first")
    talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")
    assert "Mail queue is empty" in machine.run("mailq", user="alice")
    machine.run("newaliases")
    machine.run("postroom", "check")
    assert "inet_interfaces = loopback-only" in machine.run("postconf", "-n")


def test_an_upgrade_keeps_listeners_mail_and_what_the_admin_wrote(machine: Machine) -> None:
    _defer_mail(machine, "mydestination=$myhostname")
    rpm_packages.install(machine, rpm_packages.build(".later"))
    assert "later" in machine.run("rpm", "-q", "postroom")
    talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")
    assert machine.run("postconf", "-h", "mydestination").strip() == "$myhostname"
    machine.run("postconf", "-X", "defer_transports")
    machine.run("postroom", "reload")
    machine.run("postqueue", "-f")
    machine.wait_for("the mail", lambda: "Subject: kept" in _mailbox(machine))


def test_erasing_leaves_no_listener_no_command_and_the_mail(machine: Machine) -> None:
    _defer_mail(machine)
    machine.run("rpm", "-e", "--nodeps", "postroom-mta", "postroom")
    with pytest.raises(ConnectionRefusedError):
        machine.connect()
    units = ("systemctl", "list-units", "--all", "--no-legend", "postroom*.socket")
    assert machine.run(*units).strip() == ""
    gone = ("/usr/sbin/sendmail", "/usr/bin/mailq", "/etc/alternatives/mta", "/var/cache/postroom")
    assert [name for name in gone if machine.path(name).is_symlink()] == []
    assert not machine.path("/var/cache/postroom").exists()
    assert [*machine.path("/var/lib/postroom/deferred").glob("*")]


def _deliver(machine: Machine, subject: str) -> None:
    machine.run("sendmail", "alice", text=f"Subject: {subject}\n\nx\n")
    machine.wait_for("the mail", lambda: f"Subject: {subject}" in _mailbox(machine), seconds=20)


def _defer_mail(machine: Machine, *parameters: str) -> None:
    """A message that stays in the queue, with these parameters."""
    machine.run("systemctl", "start", "postroom.target")
    machine.run("postconf", "-e", "defer_transports=local", *parameters)
    machine.run("postroom", "reload")
    machine.run("sendmail", "alice", text="Subject: kept\n\nx\n")
    machine.wait_for("deferred mail", lambda: "kept" in _deferred(machine))


def _mailbox(machine: Machine) -> str:
    box = machine.path("/var/mail/alice")
    return box.read_text() if box.exists() else ""


def _deferred(machine: Machine) -> str:
    """What waits, whole."""
    queued = map(json.loads, machine.run("postqueue", "-j").splitlines())
    waiting = [one["queue_id"] for one in queued if one["queue_name"] == "deferred"]
    return machine.run("postcat", "-q", *waiting) if waiting else ""
