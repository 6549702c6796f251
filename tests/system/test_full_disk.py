"""The spool's disk is full: senders are told to come back, and nothing accepted is lost."""

import contextlib
from collections.abc import Iterator

import pytest

from system.dialogue import send, talk
from system.mailer import Mailer

SPOOL = "/var/lib/postroom"
# What fills up first, and what takes the last of it.
BLOCKS = ("size=100m", f"cat /dev/zero > {SPOOL}/ballast 2>/dev/null || true")
INODES = (
    "size=200m,nr_inodes=40",
    f"mkdir {SPOOL}/ballast; i=0; while touch {SPOOL}/ballast/$i 2>/dev/null; do i=$((i+1)); done",
)


@pytest.fixture(params=[BLOCKS, INODES], ids=["blocks", "inodes"])
def full(mail: Mailer, request: pytest.FixtureRequest) -> Iterator[Mailer]:
    """A small spool of its own with one message for bob that waits, filled to the last."""
    options, fill = request.param
    machine = mail.machine
    stop(mail)
    machine.run("mount", "-t", "tmpfs", "-o", options, "spool", SPOOL)
    machine.run("postroom", "start")
    mail.set(defer_transports="local")
    send(machine.connect(), "sender@example.net", "bob@example.org")
    mail.wait_for_log("to=<bob@example.org>.*status=deferred")
    machine.sh(fill)
    yield mail
    stop(mail)
    machine.run("umount", SPOOL)


def stop(mail: Mailer) -> None:
    mail.machine.run("postroom", "stop")
    mail.machine.attempt("systemctl", "stop", "postroom-*.service")


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


def test_a_full_spool_refuses_for_now_delivers_what_it_has_and_recovers(full: Mailer) -> None:
    # qmgr looks once a second; till then its journal has room of its own for small mail.
    full.machine.wait_for("is refused", lambda: not attempt(full, 10), seconds=5)
    acknowledged = sum(attempt(full, size) for size in (10, 100_000, 2_000_000, 10))
    assert acknowledged == 0
    assert any(" 452 4.3.1 " in line for line in full.mail_log())
    talk(
        full.machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<sender@example.net>
        S: 452 4.3.1 Insufficient system storage
        C: QUIT
        S: 221
        """,
    )
    # Which starts all anew, on the full disk.
    full.set(defer_transports="")
    full.machine.run("postqueue", "-f")
    full.wait_for_mail("bob", seconds=30)
    full.machine.run("rm", "-r", f"{SPOOL}/ballast")
    full.machine.wait_for("accepts again", lambda: attempt(full, 100_000), seconds=20)
    full.wait_for_mail("alice", seconds=30)
    full.wait_for_empty_queue()
