"""SIGKILL for components chosen at random."""

import contextlib
import os
import random
import signal
import time
from collections import Counter

from crash.components import running
from machine import Machine

# One kill in so many takes every component at once.
ALL_AT_ONCE = 20


class Killer:
    """Counts what it killed, by unit."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self.killed: Counter[str] = Counter()
        self.rounds = 0
        self._machine = machine
        self._random = random.Random(seed)

    def kill_and_wait(self, pause: float) -> None:
        """Kill once more, and let about ``pause`` seconds pass."""
        self.rounds += 1
        self._kill_something(everything=self.rounds % ALL_AT_ONCE == 0)
        time.sleep(self._random.uniform(0.3, 1.7) * pause)

    def _kill_something(self, *, everything: bool) -> None:
        while not (units := running(self._machine)):
            time.sleep(0.05)
        chosen = sorted(units) if everything else [self._random.choice(sorted(units))]
        for unit in chosen:
            self.killed[unit] += 1
            for process in units[unit]:
                _kill(process)


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
