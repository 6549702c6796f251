"""Bring a recorded disk to a moment of its past, cut the power, and look at what is there."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from subprocess import run
from typing import NamedTuple

from crash.budget import Deadline
from crash.disk.filesystem import File, is_mounted, serve, unmount
from crash.disk.rewindable import Rewindable
from crash.disk.write_log import Flush, Mark, Write, read_log
from crash.letters import Kind
from crash.power import small_segments
from crash.power.promises import Promises
from crash.power.remains import Remains
from crash.power.survival import SURVIVALS, Survival


class Finding(NamedTuple):
    """One state with something wrong: the event it is in front of, what survived, and what is."""

    event: int
    survival: str
    lost: list[tuple[int, Kind]]
    damaged: list[str]


class Result:
    """What all states came to."""

    def __init__(self) -> None:
        self.states = 0
        self.checks = 0
        self.seconds = 0.0
        self.findings: list[Finding] = []
        self.repeated: Counter[Kind] = Counter()

    @property
    def lost(self) -> int:
        return sum(len(finding.lost) for finding in self.findings)


class Replay:
    """Goes through ``log``, and stops at about ``states`` moments chosen by ``random``."""

    def __init__(self, log: Path, size: int, random: Random) -> None:
        small_segments.here()
        self.promises = Promises()
        self.disk = Rewindable(size)
        self._log = log
        self._random = random
        self._pending: list[Write] = []
        self._mounted = 0
        # Seen under a new name at each mount, or the kernel would remember the last state.
        self._files: dict[str, File] = {}

    def search(self, states: int, deadline: Deadline, result: Result) -> None:
        """Look at ``states`` states, spread over the log, as far as the time goes."""
        chosen = self._choose(states)
        with tempfile.TemporaryDirectory() as directory, self._served(Path(directory)) as disks:
            started = time.monotonic()
            for event, moment in enumerate(self._moments()):
                for survival in chosen.get(event, ()):
                    if deadline.passed:
                        break
                    self._look(disks, survival, moment, result)
            result.seconds += time.monotonic() - started

    def save_one(self, image: Path) -> None:
        """One state, chosen by chance, as a file."""
        ((chosen, (survival,)),) = self._choose(1).items()
        for event in self._moments():
            if event == chosen:
                break
        for write in survival(self._pending, self._random, self.disk):
            self.disk.write(*write)
        self.disk.save(image)

    def _choose(self, states: int) -> dict[int, list[Survival]]:
        """Moments after the first promise; writes and flushes alike."""
        events = list(map(type, read_log(self._log)))
        first = events.index(Mark)
        candidates = [
            (event, survival)
            for event, kind in enumerate(events)
            if event > first and kind is not Mark
            for survival in SURVIVALS
        ]
        chosen: dict[int, list[Survival]] = {}
        for event, survival in self._random.sample(candidates, min(states, len(candidates))):
            chosen.setdefault(event, []).append(survival)
        return chosen

    def _moments(self) -> Iterator[int]:
        """The number of each event, when all those before it have happened."""
        for number, event in enumerate(read_log(self._log)):
            yield number
            if isinstance(event, Write):
                self._pending.append(event)
            elif isinstance(event, Flush):
                for write in self._pending:
                    self.disk.write_for_good(*write)
                self._pending.clear()
            else:
                self.promises.note(event.text)

    def _look(self, disks: Path, survival: Survival, event: int, result: Result) -> None:
        for write in survival(self._pending, self._random, self.disk):
            self.disk.write(*write)
        with self._mount(disks) as mounted:
            remains = Remains(mounted)
        self.disk.rewind()
        result.states += 1
        result.checks += self.promises.count
        result.repeated += self.promises.repeated(remains)
        lost = self.promises.broken(remains)
        if lost or remains.damaged:
            finding = Finding(event, survival.__name__, lost, remains.damaged)
            result.findings.append(finding)

    @contextmanager
    def _served(self, directory: Path) -> Iterator[Path]:
        disks = directory / "disks"
        disks.mkdir()
        (directory / "mounted").mkdir()
        server = threading.Thread(target=serve, args=(disks, self._files))
        server.start()
        try:
            while not is_mounted(disks):
                time.sleep(0.01)
            yield disks
        finally:
            unmount(disks)
            server.join()

    @contextmanager
    def _mount(self, disks: Path) -> Iterator[Path]:
        """The file system as its own recovery leaves it."""
        self._mounted += 1
        name = f"state-{self._mounted}"
        self._files[name] = self.disk
        mounted = disks.parent / "mounted"
        mount = ["mount", "-t", "ext4", "-o", "loop", disks / name, mounted]
        if run(mount, capture_output=True, check=False).returncode:
            # The superblock itself was lost, of which there are copies: fsck(8), as at boot.
            run(["e2fsck", "-f", "-y", disks / name], capture_output=True, check=False)
            run(mount, check=True)
        try:
            yield mounted
        finally:
            run(["umount", mounted], check=True)
            del self._files[name]
