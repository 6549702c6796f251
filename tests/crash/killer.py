"""SIGKILL for components chosen at random."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from machine import Machine

# One kill in so many takes every component at once.
ALL_AT_ONCE = 20


class Killer:
    """Counts what it killed, by unit."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self.killed: Counter[str] = Counter()
        self._machine = machine
        self._random = random.Random(seed)

    def kill(self, times: int, pause: float) -> None:
        """``times`` kills with about ``pause`` seconds between them."""
        for number in range(1, times + 1):
            self._kill_something(everything=number % ALL_AT_ONCE == 0)
            time.sleep(self._random.uniform(0.3, 1.7) * pause)

    def _kill_something(self, *, everything: bool) -> None:
        while not (running := self._running()):
            time.sleep(0.05)
        chosen = sorted(running) if everything else [self._random.choice(sorted(running))]
        for unit in chosen:
            self.killed[unit] += 1
            for process in running[unit]:
                _kill(process)

    def _running(self) -> dict[str, list[int]]:
        """Unit names and their processes, numbered as outside the machine."""
        groups = self._machine.path("/sys/fs/cgroup").glob(
            "postroom.slice/**/*.service/cgroup.procs"
        )
        groups_of_units = {group.parent.name: _processes(group) for group in groups}
        return {unit: processes for unit, processes in groups_of_units.items() if processes}


def _processes(group: Path) -> list[int]:
    try:
        return [int(line) for line in group.read_text().split() if line != "0"]
    except OSError:  # the service just left
        return []


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
