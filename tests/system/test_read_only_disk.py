"""The kernel makes the spool's disk read-only: mail is refused, and after a repair all is there."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine import Machine
from machine.install import install_package
from system.dialogue import send, talk
from system.mailer import Mailer

SPOOL = "/var/lib/postroom"
MEGABYTES = 300


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """ext4 that becomes read-only at the first error, as on most servers."""
    path = tmp_path / "spool.ext4"
    with path.open("wb") as file:
        file.truncate(MEGABYTES << 20)
    subprocess.run(["mkfs.ext4", "-q", path], check=True)
    subprocess.run(["tune2fs", "-e", "remount-ro", path], check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.fixture
def host(image: Path, package: Path) -> Iterator[Mailer]:
    with Machine(f"story-ro-{image.stat().st_ino}", "mail.example.org", disks={SPOOL: image}) as m:
        for user in ("alice", "bob"):
            m.add_user(user)
        install_package(m, package)
        yield Mailer(m, "example.org")


def trigger_of(machine: Machine) -> Path:
    """What makes ext4 believe that the disk under the spool failed."""
    device = Path(machine.run("findmnt", "-no", "SOURCE", SPOOL).strip()).name
    trigger = Path("/sys/fs/ext4") / device / "trigger_fs_error"
    if not trigger.exists():
        pytest.skip("this kernel cannot pretend a file system error")
    return trigger


def test_a_disk_turned_read_only_costs_no_accepted_mail(host: Mailer, image: Path) -> None:
    machine = host.machine
    host.set(defer_transports="local", max_idle="100s")
    waiting = [
        send(machine.connect(), "sender@example.net", "alice@example.org") for _ in range(20)
    ]
    host.wait_for_log(f"{waiting[-1]}: to=<alice@example.org>.*status=deferred")
    host.set(defer_transports="")
    served = send(machine.connect(), "sender@example.net", "bob@example.org")
    host.wait_for_mail("bob")
    host.wait_for_log(f"{served}: removed")
    # That he was served is on the disk with the next batch, of which nobody is told.
    time.sleep(1)

    trigger_of(machine).write_text("the disk of the spool failed")
    refused = talk(
        machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<sender@example.net>
        S: 250
        C: RCPT TO:<bob@example.org>
        S: 250
        C: DATA
        S: 354
        C: lost?
        C: .
        S: 45
        C: QUIT
        S: 221
        """,
    )
    assert refused.replies_with(" 4.3.")
    assert len(host.mailbox("bob")) == 1

    machine.crash()
    check = subprocess.run(["e2fsck", "-fy", image], check=False, stdout=subprocess.DEVNULL)
    assert check.returncode <= 1
    machine.boot_again()
    machine.run("postqueue", "-f")
    host.wait_for_mail("alice", len(waiting), seconds=60)
    host.wait_for_empty_queue()
    assert len(host.mailbox("bob")) == 1
