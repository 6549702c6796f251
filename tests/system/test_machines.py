"""The machines of these stories themselves: many boot at once, and some die untidily."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from machine import Machine
from machine.container import BootFailed, Container, forget_stale

TESTS = Path(__file__).parents[1]
LEAVE_A_DISK = "from machine.container import Container; Container({!r}).prepare()"


def name_of(what: str) -> str:
    return f"story-{what}-{os.getpid()}"


@contextmanager
def others_looking_for_stale_machines() -> Iterator[None]:
    """As each does that begins."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.001):
            forget_stale()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_machine_that_is_booting_or_crashed_is_not_taken_for_stale() -> None:
    with others_looking_for_stale_machines(), Machine(name_of("young")) as machine:
        machine.write("/root/kept", "yes\n")
        machine.crash()
        forget_stale()
        machine.boot_again()
        assert machine.read("/root/kept") == "yes\n"


def test_the_disk_of_a_machine_whose_owner_died_is_cleared_away() -> None:
    container = Container(name_of("orphan"))
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-c", LEAVE_A_DISK.format(container.name)]
    subprocess.run(command, env=environment, check=True)
    assert container.disk.exists()
    forget_stale()
    assert not container.disk.exists()


def test_a_machine_that_does_not_boot_says_how_it_ended(tmp_path: Path) -> None:
    missing = tmp_path / "missing.ext4"
    with pytest.raises(BootFailed, match=rf"exit code \d+: (?s:.*){missing}"):
        Machine(name_of("broken"), disks={"/srv": missing})
