"""A mailer at work, with its spool, maildrop and a home on a disk that remembers."""

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from typing import TextIO

from crash.components import running
from crash.disk.recording import ACKNOWLEDGED, ARRIVED, recorded
from crash.faults.injection import injected
from crash.letters import Letter
from crash.load import Load
from crash.power import small_segments
from crash.sink import Sink
from crash.site import SINK_PORT, running_site
from system.mailer import Mailer

# A few small segments of the journal, a journal of ext4's own, and room for the letters.
SIZE = 96 * 1024 * 1024
# All that is written is in the log; nothing is left to be written later in the background.
MKFS_OPTIONS = ("-q", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", "-J", "size=8")
DISK_INSIDE = "/disk"
SMTP_CLIENTS = 4
LOAD_SECONDS = 300
# Letters until every component runs, and the number of the first one after them.
WARM = 30
UNSYNCED = 10_000


# What is done while the disk is recorded; letters that were acknowledged go to the function.
Work = Callable[[Mailer, Callable[[Letter], None]], None]


def record(directory: Path, work: Work) -> Path:
    """The write log of a mailer at ``work``."""
    image, log = directory / "image", directory / "log"
    with image.open("wb") as file:
        file.truncate(SIZE)
    with recorded(directory / "recorded", image, log) as disk:
        run(["mkfs.ext4", *MKFS_OPTIONS, disk], check=True)
        with running_site(f"power-{os.getpid()}", {DISK_INSIDE: disk}) as mail:
            small_segments.installed(mail.machine)
            sink = Sink(mail.machine.listen(SINK_PORT, "127.0.0.1"), disk.with_name(ARRIVED))
            try:
                with disk.with_name(ACKNOWLEDGED).open("w", buffering=1) as marks:
                    work(mail, lambda letter: _note(marks, letter))
            finally:
                sink.stop()
    return log


def _note(marks: TextIO, letter: Letter) -> None:
    marks.write(f"{letter.number}\n")


def ordinary(letters: int) -> Work:
    """That many letters and a few more. After half of them qmgr is stopped and started again, and
    programs leave their mail in the open maildrop from then on."""

    def work(mail: Mailer, acknowledged: Callable[[Letter], None]) -> None:
        load = Load(mail.machine, SMTP_CLIENTS, acknowledged)
        try:
            _await_letters(mail, load, letters // 2)
            mail.machine.run("systemctl", "restart", "postroom-qmgr.service")
            mail.set(submission_mode="maildrop")
            _await_letters(mail, load, letters)
        finally:
            load.stop()

    return work


def without_syncing(letters: int) -> Work:
    """The same mailer, but what it asks to be on the disk is not waited for."""

    def work(mail: Mailer, acknowledged: Callable[[Letter], None]) -> None:
        mail.set(max_idle="1h")
        load = Load(mail.machine, SMTP_CLIENTS)
        _await_letters(mail, load, WARM)
        load.stop()
        processes = [each for unit in running(mail.machine).values() for each in unit]
        report = mail.machine.path("/run/strace")
        with injected(processes, "fsync,fdatasync:retval=0", report):
            load = Load(mail.machine, SMTP_CLIENTS, acknowledged, first=UNSYNCED)
            try:
                _await_letters(mail, load, letters)
            finally:
                load.stop()

    return work


def _await_letters(mail: Mailer, load: Load, goal: int) -> None:
    mail.machine.wait_for(f"{goal} letters", lambda: len(load.acknowledged) >= goal, LOAD_SECONDS)
