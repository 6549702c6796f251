"""A machine of its own that loses power and boots again."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine import Machine
from machine.install import install_package
from system.dialogue import talk

MAIN_CF = "/etc/postroom/main.cf"
SOON = "queue_run_delay = 2s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\n"


@pytest.fixture(scope="module")
def host(package: Path) -> Iterator[Machine]:
    with Machine(f"story-boot-{os.getpid()}", "host.example.com") as machine:
        machine.add_user("alice")
        install_package(machine, package)
        machine.write(MAIN_CF, machine.read(MAIN_CF) + SOON)
        machine.run("postroom", "reload")
        yield machine


def mailed(machine: Machine, subject: str) -> bool:
    box = machine.path("/var/mail/alice")
    return box.exists() and f"Subject: {subject}\n" in box.read_text()


def test_mail_that_waited_is_delivered_after_the_boot_though_nobody_asks(host: Machine) -> None:
    host.run("systemctl", "mask", "--runtime", "--now", "postroom-local.socket")
    host.run("sendmail", "alice", text="Subject: waited\n\nx\n")
    host.wait_for("deferral", lambda: any(host.path("/var/lib/postroom").glob("deferred/*")))
    host.crash()
    host.boot_again()
    host.wait_for("mail", lambda: mailed(host, "waited"), seconds=20)


def test_a_broken_main_cf_at_boot_leaves_the_mail_system_running(host: Machine) -> None:
    host.write(MAIN_CF, host.read(MAIN_CF) + "message_size_limit = many\n")
    host.crash()
    host.boot_again()
    talk(host.connect(), "S: 220\nC: QUIT\nS: 221")
    host.run("sendmail", "alice", text="Subject: by the last good set\n\nx\n")
    host.wait_for("mail", lambda: mailed(host, "by the last good set"), seconds=20)
    told = host.attempt("systemctl", "status", "--no-pager", "postroom-config-error").stdout
    assert "failed" in told
    assert "message_size_limit" in told
