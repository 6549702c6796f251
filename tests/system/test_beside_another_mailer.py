"""A machine whose mail system is Debian's Postfix, and what ``postroom setup`` makes of the two."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine import Machine
from machine.install import install_package
from system.dialogue import send, talk

LETTER = "Subject: {}\n\nwords\n"
OURS = "/usr/lib/postroom/sendmail"
THEIRS = "/usr/sbin/sendmail"
BESIDE = "127.0.0.2"


@pytest.fixture(scope="module")
def host(package: Path) -> Iterator[Machine]:
    with Machine(f"story-beside-{os.getpid()}", "host.example.org") as machine:
        for user in ("alice", "bob"):
            machine.add_user(user)
        machine.run("apt-get", "install", "-y", "-q", "postfix")
        install_package(machine, package, "postroom")
        yield machine


def by(machine: Machine, sendmail: str, mailer: str) -> None:
    """A program's mail is delivered, and by whom."""
    machine.sh("rm -f /var/mail/*")
    machine.run(sendmail, "bob", user="alice", text=LETTER.format(mailer))
    machine.wait_for("mail", lambda: machine.path("/var/mail/bob").exists(), seconds=20)
    assert f"({mailer}, from userid" in machine.read("/var/mail/bob")


def answers(machine: Machine, address: str, mailer: str) -> None:
    """Who greets there; its mail is delivered."""
    machine.sh("rm -f /var/mail/*")
    talk(machine.connect(25, address), f"S: 220 host.example.org ESMTP {mailer}\nC: QUIT\nS: 221")
    send(machine.connect(25, address), "sender@example.net", "bob@host.example.org")
    machine.wait_for("mail", lambda: machine.path("/var/mail/bob").exists(), seconds=20)


def refuses(machine: Machine, address: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        machine.connect(25, address)


def mode(machine: Machine) -> str:
    return machine.run("postroom", "setup").strip()


def test_installed_beside_another_it_sends_and_nothing_else(host: Machine) -> None:
    assert mode(host) == "send-only"
    by(host, OURS, "Postroom")
    by(host, THEIRS, "Postfix")
    answers(host, "127.0.0.1", "Postfix")
    assert host.run("/usr/lib/postroom/mailq", user="bob") == "Mail queue is empty\n"
    listening = host.run("ss", "-Hltnp", "sport", "=", "25")
    assert "master" in listening
    assert "systemd" not in listening


def test_beside_another_it_has_an_address_of_its_own(host: Machine) -> None:
    refused = host.attempt("postroom", "setup", "beside", BESIDE)
    assert refused.returncode == 1
    assert "inet_interfaces" in refused.stderr
    assert mode(host) == "send-only"
    host.run("postconf", "-e", "inet_interfaces = 127.0.0.1")
    host.run("systemctl", "restart", "postfix")
    host.run("postroom", "setup", "beside", BESIDE)
    answers(host, BESIDE, "Postroom")
    answers(host, "127.0.0.1", "Postfix")
    by(host, OURS, "Postroom")
    by(host, THEIRS, "Postfix")


def test_in_the_place_of_another_it_is_sendmail_and_gives_it_back(host: Machine) -> None:
    before = host.sh("sha256sum /usr/sbin/sendmail /usr/bin/mailq; ls -l /usr/lib/sendmail")
    host.run("postroom", "setup", "replace")
    for sendmail in (THEIRS, "/usr/lib/sendmail"):
        by(host, sendmail, "Postroom")
    answers(host, "127.0.0.1", "Postroom")
    # An upgrade of the other brings it back to neither place.
    host.run("apt-get", "install", "-y", "-q", "--reinstall", "postfix")
    by(host, THEIRS, "Postroom")
    host.run("postroom", "setup", "--undo")
    assert mode(host) == f"beside {BESIDE}"
    assert before == host.sh("sha256sum /usr/sbin/sendmail /usr/bin/mailq; ls -l /usr/lib/sendmail")
    by(host, THEIRS, "Postfix")
    answers(host, "127.0.0.1", "Postfix")
    answers(host, BESIDE, "Postroom")
    host.run("postroom", "setup", "--undo")
    assert mode(host) == "send-only"
    refuses(host, BESIDE)


def test_its_removal_gives_everything_back(host: Machine) -> None:
    host.run("postroom", "setup", "replace")
    host.run("apt-get", "remove", "-y", "-q", "postroom")
    by(host, THEIRS, "Postfix")
    answers(host, "127.0.0.1", "Postfix")
    assert host.run("dpkg-divert", "--list", "*sendmail*", "*mailq*", "*newaliases*") == ""
