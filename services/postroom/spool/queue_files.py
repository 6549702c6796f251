"""Find the queue files at start: one for each message, in directories that hold nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

from postroom.spool.aside import Warn, set_aside
from postroom.spool.file_work import is_begun, load
from postroom.spool.queue_directory import is_queue_id
from postroom.spool.record import Corrupt, NewerFormat

# Of a message with two files the one nearer to delivery counts, if it is sound.
ACTIVE, DEFERRED, HOLD = "active", "deferred", "hold"
QUEUES = (ACTIVE, DEFERRED, HOLD)
# Where a large message has its name until it is on the disk.
INCOMING = "incoming"


class QueueFiles:
    """The queue ids in each directory of ``spool``; whatever else is there is set aside."""

    def __init__(self, spool: Path, warn: Warn) -> None:
        self._spool = spool
        self._warn = warn
        self._queues: dict[str, str] = {}
        for queue in QUEUES:
            for name in names_of_ours(spool / queue, is_queue_id, warn):
                self._add(queue, name)
        for name in names_of_ours(spool / INCOMING, is_queue_id, warn):
            self._take_in(name)

    @property
    def newest(self) -> str:
        """The highest queue id."""
        return max(self._queues, default="")

    @property
    def numbers(self) -> list[int]:
        """All queue ids as numbers."""
        return [int(name, 16) for name in self._queues]

    def of(self, queue: str) -> list[str]:
        """The queue ids in one directory, oldest first."""
        return sorted(name for name, found in self._queues.items() if found == queue)

    def holds_sound(self, queue_id: str) -> bool:
        """Whether the message has a file that verifies; one that does not is set aside."""
        queue = self._queues.get(queue_id)
        if queue is None:
            return False
        why = self._flaw(queue, queue_id)
        if why:
            set_aside(self._spool / queue / queue_id, why, self._warn)
            del self._queues[queue_id]
        return not why

    def _add(self, queue: str, name: str) -> None:
        if self.holds_sound(name):
            path = self._spool / queue / name
            set_aside(path, f"the message has a file in {self._queues[name]}", self._warn)
        else:
            self._queues[name] = queue

    def _take_in(self, name: str) -> None:
        """Whether it was promised or not is not known; that it is whole is enough."""
        path = self._spool / INCOMING / name
        try:
            self._judge(path, name)
        except OSError as error:
            self._warn(f"{INCOMING}/{name}: stays until the next start: {error.strerror}")

    def _judge(self, path: Path, name: str) -> None:
        if not is_begun(path):
            path.unlink()
        elif why := self._flaw(INCOMING, name):
            set_aside(path, why, self._warn)
        elif self.holds_sound(name):
            set_aside(path, f"the message has a file in {self._queues[name]}", self._warn)
        else:
            path.rename(self._spool / ACTIVE / name)
            self._queues[name] = ACTIVE

    def _flaw(self, queue: str, name: str) -> str:
        try:
            load(self._spool / queue / name, int(name, 16), verify=True)
        except Corrupt as error:
            return str(error)
        except OSError as error:
            return str(error.strerror)
        except NewerFormat:
            # Not for us to judge; it is there.
            return ""
        return ""


def names_of_ours(directory: Path, known: Callable[[str], bool], warn: Warn) -> list[str]:
    """The regular files whose names are ``known``; everything else is set aside."""
    names = []
    with os.scandir(directory) as entries:
        found = list(entries)
    for entry in found:
        if not known(entry.name):
            set_aside(Path(entry.path), "not a file of ours", warn)
        elif not entry.is_file(follow_symlinks=False):
            set_aside(Path(entry.path), "not a regular file", warn)
        else:
            names.append(entry.name)
    return names
