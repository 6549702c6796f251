"""The spool's disk is full: senders are told to come back, and nothing accepted is lost."""

import contextlib
from collections.abc import Iterator

import pytest

from system.dialogue import send
from system.mailer import Mailer

SPOOL = "/var/lib/postroom"


@pytest.fixture
def full(mail: Mailer) -> Iterator[Mailer]:
    """A spool of its own of 100 MB, filled to the last block."""
    machine = mail.machine
    machine.run("postroom", "stop")
    machine.attempt("systemctl", "stop", "postroom-*.service")
    machine.run("mount", "-t", "tmpfs", "-o", "size=100m", "spool", SPOOL)
    machine.run("postroom", "start")
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    machine.sh(f"cat /dev/zero > {SPOOL}/ballast 2>/dev/null || true")
    yield mail
    machine.run("postroom", "stop")
    machine.attempt("systemctl", "stop", "postroom-*.service")
    machine.run("umount", SPOOL)


def attempt(mail: Mailer, size: int) -> bool:
    """Whether a message of this size was acknowledged."""
    with contextlib.suppress(AssertionError):
        send(
            mail.machine.connect(),
            "sender@example.net",
            "alice@example.org",
            "Subject: x\n\n" + "x\n" * size,
        )
        return True
    return False


def test_a_full_spool_refuses_for_now_and_recovers_by_itself(full: Mailer) -> None:
    acknowledged = 1 + sum(attempt(full, size) for size in (10, 100_000, 2_000_000, 10))
    assert any(" 452 4.3.1 " in line or " 451 4.3.0 " in line for line in full.mail_log())
    full.machine.run("rm", f"{SPOOL}/ballast")
    full.machine.wait_for("accepts again", lambda: attempt(full, 100_000), seconds=60)
    full.wait_for_mail("alice", acknowledged + 1, seconds=30)
    full.wait_for_empty_queue()
