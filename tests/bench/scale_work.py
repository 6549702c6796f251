"""What an admin does to a long queue, and how long that takes."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.mailers import Mailer, deliver_all_to_nowhere, deliver_by_smtp
from bench.meter import queue_manager_megabytes
from machine.places import TREE_INSIDE

# The slowest of all this at the greatest length.
DEADLINE_SECONDS = 1800.0


class Figures(NamedTuple):
    """Seconds, but for the queue manager's memory at its most."""

    start: float
    first_line: float
    whole_list: float
    flush: float
    delete: float
    megabytes: float


def measure(mailer: Mailer, count: int) -> Figures:
    """From an empty queue to an empty queue; the mailer runs before and after."""
    fill(mailer, count)
    start = _timed(mailer, " ".join(mailer.start))
    first_line = _timed(mailer, "mailq | head -n 1")
    whole_list = _timed(mailer, "mailq")
    _expect(mailer, count)
    deliver_all_to_nowhere(mailer)
    flush = _flushed(mailer)
    megabytes = queue_manager_megabytes(mailer)
    deliver_by_smtp(mailer)
    fill(mailer, count)
    mailer.machine.run(*mailer.start, seconds=DEADLINE_SECONDS)
    _expect(mailer, count)
    delete = _timed(mailer, "postsuper -d ALL")
    _expect(mailer, 0)
    return Figures(start, first_line, whole_list, flush, delete, megabytes)


def fill(mailer: Mailer, count: int) -> None:
    """Leaves a stopped mailer with ``count`` deferred messages of 1 KB in its queue."""
    machine = mailer.machine
    machine.run(
        *("smtp-source", "-4", "-l", "1024", "-f", "sender@bench.test", "-t", "a@down.test"),
        "127.0.0.1:25",
    )
    deferred = machine.path(mailer.spool) / "deferred"
    machine.wait_for("one message is deferred", lambda: any(_files(deferred)), 60)
    machine.run(*mailer.stop)
    program = f"{TREE_INSIDE}/tests/bench/queue_copies.py"
    machine.run("python3", program, mailer.name, str(count), seconds=DEADLINE_SECONDS)


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def _timed(mailer: Mailer, script: str) -> float:
    """Seconds a shell script takes in the machine, without the way into it."""
    command = f"TIMEFORMAT=%R; time {{ {script}; }} >/dev/null 2>&1"
    done = mailer.machine.attempt("bash", "-c", command, seconds=DEADLINE_SECONDS)
    return float(done.stderr.split()[-1])


def _expect(mailer: Mailer, count: int) -> None:
    last = mailer.machine.run("mailq", seconds=DEADLINE_SECONDS).splitlines()[-1]
    expected = f"in {count} Request" if count else "Mail queue is empty"
    if expected not in last:
        raise AssertionError(f"{mailer.name}: {last!r}, not {expected!r}")


def _flushed(mailer: Mailer) -> float:
    """Until no file is left where mail waits or is on its way."""
    spool = mailer.machine.path(mailer.spool)
    started = time.monotonic()
    mailer.machine.run("postqueue", "-f")
    while any(
        path.is_file() for name in ("deferred", "active") for path in (spool / name).rglob("*")
    ):
        if time.monotonic() - started > DEADLINE_SECONDS:
            raise TimeoutError("the mailer did not finish")
        time.sleep(0.1)
    return time.monotonic() - started
