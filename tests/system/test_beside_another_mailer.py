"""A machine whose mail system is another, and what ``postroom setup`` makes of the two: Debian's
Postfix, and Exim, which a Debian machine has where nobody chose."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from machine import Machine
from machine.install import install_package
from system.dialogue import talk

LETTER = "Subject: {}\n\nwords\n"
DIALOGUE = """
    S: 220 host.example.org ESMTP {}
    C: HELO client.example.net
    S: 250
    C: MAIL FROM:<sender@example.net>
    S: 250
    C: RCPT TO:<bob@host.example.org>
    S: 250
    C: DATA
    S: 354
    C: Subject: hi
    C:
    C: .
    S: 250
    C: QUIT
    S: 221
"""
OURS = "/usr/lib/postroom/sendmail"
THEIRS = "/usr/sbin/sendmail"
BESIDE = "127.0.0.2"


@dataclass(frozen=True)
class Mailer:
    """One of the two: what it is known by, and, of the other, how an admin sees to it."""

    name: str
    # In the Received: field of what a program submits.
    submitted: str
    package: str = ""
    process: str = ""
    everywhere: str = ""
    one_address: str = ""


POSTROOM = Mailer("Postroom", "(Postroom, from userid")
POSTFIX = Mailer(
    "Postfix",
    "(Postfix, from userid",
    package="postfix",
    process="master",
    everywhere="postconf -e 'inet_interfaces = all'; systemctl restart postfix",
    one_address="postconf -e 'inet_interfaces = 127.0.0.1'; systemctl restart postfix",
)
_EXIM = """
sed -i "s/^dc_local_interfaces=.*/dc_local_interfaces='{}'/" /etc/exim4/update-exim4.conf.conf
systemctl restart exim4
"""
EXIM = Mailer(
    "Exim",
    "with local (Exim",
    package="exim4-daemon-light",
    process="exim4",
    everywhere=_EXIM.format(""),
    one_address=_EXIM.format("127.0.0.1"),
)


@pytest.fixture(scope="module", params=[POSTFIX, EXIM], ids=lambda other: other.name)
def other(request: pytest.FixtureRequest) -> Mailer:
    """The mail system that was there before."""
    found = request.param
    assert isinstance(found, Mailer)
    return found


@pytest.fixture(scope="module")
def host(package: Path, other: Mailer) -> Iterator[Machine]:
    with Machine(f"story-beside-{os.getpid()}", "host.example.org") as machine:
        for user in ("alice", "bob"):
            machine.add_user(user)
        machine.run("apt-get", "install", "-y", "-q", other.package)
        machine.sh(other.everywhere)
        install_package(machine, package, "postroom")
        yield machine


def by(machine: Machine, sendmail: str, mailer: Mailer) -> None:
    """A program's mail is delivered, and by whom."""
    machine.sh("rm -f /var/mail/*")
    machine.run(sendmail, "bob", user="alice", text=LETTER.format(mailer.name))
    assert mailer.submitted in arrived(machine)


def answers(machine: Machine, address: str, mailer: Mailer) -> None:
    """Who greets there; its mail is delivered."""
    machine.sh("rm -f /var/mail/*")
    talk(machine.connect(25, address), DIALOGUE.format(mailer.name))
    assert "\nSubject: hi\n" in arrived(machine)


def arrived(machine: Machine) -> str:
    """What is in bob's mailbox, once a message is there to its last, empty line."""
    mailbox = machine.path("/var/mail/bob")

    def look() -> str:
        text = mailbox.read_text() if mailbox.exists() else ""
        return text if text.endswith("\n\n") else ""

    return str(machine.wait_for("mail", look, seconds=20))


def refuses(machine: Machine, address: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        machine.connect(25, address)


def mode(machine: Machine) -> str:
    return machine.run("postroom", "setup").strip()


def test_installed_beside_another_it_sends_and_nothing_else(host: Machine, other: Mailer) -> None:
    assert mode(host) == "send-only"
    by(host, OURS, POSTROOM)
    by(host, THEIRS, other)
    answers(host, "127.0.0.1", other)
    assert host.run("/usr/lib/postroom/mailq", user="bob") == "Mail queue is empty\n"
    listening = host.run("ss", "-Hltnp", "sport", "=", "25")
    assert other.process in listening
    assert "systemd" not in listening


def test_beside_another_it_has_an_address_of_its_own(host: Machine, other: Mailer) -> None:
    refused = host.attempt("postroom", "setup", "beside", BESIDE)
    assert refused.returncode == 1
    assert "inet_interfaces" in refused.stderr
    assert mode(host) == "send-only"
    host.sh(other.one_address)
    host.run("postroom", "setup", "beside", BESIDE)
    answers(host, BESIDE, POSTROOM)
    answers(host, "127.0.0.1", other)
    by(host, OURS, POSTROOM)
    by(host, THEIRS, other)


def test_in_the_place_of_another_it_is_sendmail_and_gives_it_back(
    host: Machine, other: Mailer
) -> None:
    before = host.sh("sha256sum /usr/sbin/sendmail /usr/bin/mailq; ls -l /usr/lib/sendmail")
    host.run("postroom", "setup", "replace")
    for sendmail in (THEIRS, "/usr/lib/sendmail"):
        by(host, sendmail, POSTROOM)
    answers(host, "127.0.0.1", POSTROOM)
    # An upgrade of the other brings it back to neither place.
    host.run("apt-get", "install", "-y", "-q", "--reinstall", other.package)
    by(host, THEIRS, POSTROOM)
    host.run("postroom", "setup", "--undo")
    assert mode(host) == f"beside {BESIDE}"
    assert before == host.sh("sha256sum /usr/sbin/sendmail /usr/bin/mailq; ls -l /usr/lib/sendmail")
    by(host, THEIRS, other)
    answers(host, "127.0.0.1", other)
    answers(host, BESIDE, POSTROOM)
    host.run("postroom", "setup", "--undo")
    assert mode(host) == "send-only"
    refuses(host, BESIDE)


def test_its_removal_gives_everything_back(host: Machine, other: Mailer) -> None:
    host.run("postroom", "setup", "replace")
    host.run("apt-get", "remove", "-y", "-q", "postroom")
    by(host, THEIRS, other)
    answers(host, "127.0.0.1", other)
    assert host.run("dpkg-divert", "--list", "*sendmail*", "*mailq*", "*newaliases*") == ""
