"""The work: so many messages of a size over so many connections, and when it counts as done."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.mailers import SINK_PORTS, Mailer
from bench.meter import Cpu, cpu_seconds, memory_megabytes, since

DEADLINE_SECONDS = 60.0
# Messages before the clock runs: every process is up, every table open.
WARM_UP = 5
# Where smtp-sink's counters go.
COUNTS = "/run/sink-counts"


@dataclass(frozen=True)
class Cell:
    """One measurement's task."""

    task: str
    size: int
    connections: int
    messages: int


@dataclass(frozen=True)
class Result:
    seconds: float
    cpu: Cpu
    megabytes: float


RECIPIENTS = {
    "accept": "somebody@accept.test",
    "relay": "somebody@relay.test",
    "local": "alice@bench.test",
    "mbox": "alice@bench.test",
    "down": "somebody@down.test",
}


def measure(mailer: Mailer, cell: Cell) -> Result:
    """Do the work once, from a warm mailer with an empty queue; leaves the queue empty."""
    _choose_mailbox(mailer, cell.task)
    with _sink(mailer, cell.task) as relayed:
        done = _counter(mailer, cell.task, relayed)
        _send(mailer, Cell(cell.task, 1000, 1, WARM_UP))
        _await(lambda: done() >= WARM_UP)
        cpu = cpu_seconds(mailer)
        started = time.monotonic()
        _send(mailer, cell)
        _await(lambda: done() >= WARM_UP + cell.messages)
        seconds = time.monotonic() - started
        result = Result(seconds, since(cpu, cpu_seconds(mailer)), memory_megabytes(mailer))
    _clear(mailer)
    return result


def _choose_mailbox(mailer: Mailer, task: str) -> None:
    machine = mailer.machine
    wanted = "" if task == "mbox" else "Maildir/"
    if machine.run("postconf", "-h", "home_mailbox").strip() != wanted:
        machine.run("postconf", "-e", f"home_mailbox={wanted}")
        machine.run(*mailer.reload)


def _send(mailer: Mailer, cell: Cell) -> None:
    """smtp-source(1): a connection per message."""
    mailer.machine.run(
        *("smtp-source", "-4", "-s", str(cell.connections), "-m", str(cell.messages)),
        *("-l", str(cell.size), "-f", "sender@bench.test", "-t", RECIPIENTS[cell.task]),
        "127.0.0.1:25",
        seconds=DEADLINE_SECONDS,
    )


@contextmanager
def _sink(mailer: Mailer, task: str) -> Iterator[Callable[[], int]]:
    """smtp-sink(1), where the task wants one; gives how many messages it has got so far."""
    if task not in SINK_PORTS:
        yield lambda: 0
        return
    machine = mailer.machine
    port = str(SINK_PORTS[task])
    patience = ("-w", "3600") if task == "accept" else ()
    machine.run(
        *(
            "systemd-run",
            "-q",
            "--collect",
            "--unit=sink",
            "-p",
            f"StandardOutput=truncate:{COUNTS}",
        ),
        *("/usr/local/bin/smtp-sink", "-c", "-u", "nobody", *patience),
        *(f"127.0.0.1:{port}", "256"),
    )
    machine.wait_for("sink listens", lambda: machine.run("ss", "-Hltn", "sport", "=", port))
    counter = machine.path(COUNTS)

    def received() -> int:
        counts = re.findall(rb"mesg=(\d+)", counter.read_bytes())
        return int(counts[-1]) if counts else 0

    try:
        yield received
    finally:
        machine.run("systemctl", "kill", "-s", "KILL", "sink")


def _counter(mailer: Mailer, task: str, relayed: Callable[[], int]) -> Callable[[], int]:
    """How many messages have got as far as the task asks."""
    if task == "relay":
        return relayed
    if task == "local":
        new = mailer.machine.path("/home/alice/Maildir/new")
        return lambda: sum(1 for _ in new.iterdir()) if new.exists() else 0
    if task == "mbox":
        return _Mbox(mailer.machine.path("/var/mail/alice")).count
    # smtp-source returns when the last message is acknowledged: that is all there is to do.
    return lambda: sys.maxsize


class _Mbox:
    """Counts the messages in a file that grows, without reading it anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = self._found = 0

    def count(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                # The last line may not be whole yet.
                lines, end, _ = file.read().rpartition(b"\n")
            self._at += len(lines) + len(end)
            self._found += (b"\n" + lines).count(b"\nFrom ")
        return self._found


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the mailer did not finish")
        time.sleep(0.01)


def _clear(mailer: Mailer) -> None:
    machine = mailer.machine

    def empty() -> bool:
        machine.run("postsuper", "-d", "ALL")
        return "Mail queue is empty" in machine.run("mailq")

    _await(empty)
    # Not removed: for a minute ext4 charges each new file for all inodes that were just freed.
    machine.sh("cd /home/alice; test ! -e Maildir || mv Maildir done-$(date +%s%N)")
    machine.sh("rm -f /var/mail/alice")
    machine.sh("journalctl -q --rotate --vacuum-size=1M 2>&1")
    subprocess.run(["sync"], check=True)
