"""One of active/, deferred/ and hold/: a file per message, named by its queue id."""

import asyncio
import os
import re
from concurrent.futures import Executor
from pathlib import Path

from postroom.spool.durably import sync_directory

_QUEUE_ID = re.compile(r"[0-9A-F]{10,15}\Z")


def is_queue_id(name: str) -> bool:
    """Whether a file's name is that of a message."""
    return _QUEUE_ID.match(name) is not None


class QueueDirectory:
    """Finds files, and makes new, moved and removed names durable many at a time.

    ``newest`` is the highest queue id found here at start.
    """

    def __init__(self, path: Path, executor: Executor, newest: str = "") -> None:
        self._newest = newest
        self.path = path
        self._prefix = f"{path}/"
        self._executor = executor
        self._waiters: list[asyncio.Future[None]] = []
        self._syncer: asyncio.Task[None] | None = None

    def file(self, queue_id: str) -> Path:
        """Where the message is."""
        return self.path / queue_id

    def new_file(self, queue_id: str) -> Path:
        """Where the message will be."""
        self._newest = max(self._newest, queue_id)
        return self.path / queue_id

    def holds(self, queue_id: str) -> bool:
        """Whether there is such a message here. Asked for every new one, which as a rule is
        newer than all that wait: then without looking."""
        if queue_id > self._newest:
            return False
        return os.access(f"{self._prefix}{queue_id}", os.F_OK, follow_symlinks=False)

    def queue_ids(self) -> list[str]:
        """All messages, oldest first."""
        with os.scandir(self.path) as entries:
            return sorted(entry.name for entry in entries if is_queue_id(entry.name))

    def due(self, now: float) -> list[tuple[float, str]]:
        """Messages whose time has come, the one that waits longest first."""
        due = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                if not is_queue_id(entry.name):
                    continue
                try:
                    when = entry.stat(follow_symlinks=False).st_mtime
                except FileNotFoundError:
                    continue
                if when <= now:
                    due.append((when, entry.name))
        return sorted(due)

    async def sync(self) -> None:
        """Return when all names are durable as they are now; callers share one fsync(2).

        Raises OSError."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        if self._syncer is None:
            self._syncer = asyncio.ensure_future(self._sync_all())
        await waiter

    async def _sync_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiters:
            waiters, self._waiters = self._waiters, []
            error = await loop.run_in_executor(self._executor, self._sync_once)
            for waiter in waiters:
                if waiter.done():
                    continue
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)
        self._syncer = None

    def _sync_once(self) -> OSError | None:
        try:
            sync_directory(self.path)
        except OSError as error:
            return error
        return None
