"""Make a system call of a running component fail (strace(1), tampering)."""

import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from crash.faults.matrix import Fault

ATTACH_SECONDS = 10
END_SECONDS = 10
_INJECTED = "(INJECTED)"


class Injection:
    """Counts what strace wrote to ``report``."""

    def __init__(self, report: Path) -> None:
        self._report = report

    @property
    def hits(self) -> int:
        return self._report.read_text(errors="replace").count(_INJECTED)


def failing(fault: Fault) -> str:
    return f"{','.join(fault.calls)}:error={fault.error}:when={fault.number}"


@contextmanager
def injected(processes: Sequence[int], what: str, report: Path) -> Iterator[Injection]:
    """``what`` as in strace's ``--inject``, for these processes and what they start."""
    calls = what.partition(":")[0]
    arguments = ["-f", "-qq", "-o", str(report), f"--trace={calls}", f"--inject={what}"]
    report.write_text("")
    with subprocess.Popen(
        ["strace", *arguments, *(f"--attach={process}" for process in processes)],
        stderr=subprocess.DEVNULL,
    ) as strace:
        try:
            _await_attached(processes, strace)
            yield Injection(report)
        finally:
            _end(strace)


def _await_attached(processes: Sequence[int], strace: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + ATTACH_SECONDS
    while not all(map(_is_traced, processes)):
        if strace.poll() is not None or time.monotonic() > deadline:
            return  # they are gone, and so is what was to fail
        time.sleep(0.005)


def _end(strace: subprocess.Popen[bytes]) -> None:
    """It waits for ever for a process whose first thread is gone before the others are."""
    strace.send_signal(signal.SIGINT)
    try:
        strace.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        strace.kill()


def _is_traced(process: int) -> bool:
    """Every thread of it, or it is no more."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return all("TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks)
    except (FileNotFoundError, ProcessLookupError):
        return True
