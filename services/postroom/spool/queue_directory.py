"""One of active/, deferred/ and hold/: a file per message, named by its queue id."""

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from postroom.spool.durably import sync_directory
from postroom.spool.file_work import expire, move, unlink
from postroom.spool.record import Corrupt

# How long to wait (seconds) before files that could not be removed are tried again.
RETRY_DELAY = 5.0
_QUEUE_ID = re.compile(r"[0-9A-F]{10,15}\Z")


def is_queue_id(name: str) -> bool:
    """Whether a file's name is that of a message."""
    return _QUEUE_ID.match(name) is not None


class QueueDirectory:
    """Finds files; removes them, and makes names that changed durable, many at a time.

    ``newest`` is the highest queue id found here at start; ``warn`` gets texts for the log.
    """

    def __init__(
        self, path: Path, executor: Executor, newest: str, warn: Callable[[str], None]
    ) -> None:
        self.path = path
        self._prefix = f"{path}/"
        self._executor = executor
        self._newest = newest
        self._warn = warn
        # Messages that are no more, though their files may still be seen.
        self._doomed: set[str] = set()
        self._to_remove: list[str] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._syncer: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        # Why files could not be removed the last time; said once.
        self._trouble = ""

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
        if queue_id > self._newest or queue_id in self._doomed:
            return False
        return os.access(f"{self._prefix}{queue_id}", os.F_OK, follow_symlinks=False)

    def is_doomed(self, queue_id: str) -> bool:
        """Whether the message is no more, though its file may be there for a moment."""
        return queue_id in self._doomed

    def queue_ids(self) -> list[str]:
        """All messages, oldest first."""
        with os.scandir(self.path) as entries:
            names = [entry.name for entry in entries if is_queue_id(entry.name)]
        return sorted(set(names) - self._doomed if self._doomed else names)

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
        return sorted(item for item in due if item[1] not in self._doomed)

    def remove(self, queue_id: str) -> None:
        """Forget a message: at once for those who ask here, soon on the disk."""
        self._doomed.add(queue_id)
        self._to_remove.append(queue_id)
        self._start()

    async def remove_many(self, queue_ids: Sequence[str]) -> list[str]:
        """Forget some messages; those that were here. What is done by these lasts after
        ``sync``."""
        here = self._here(queue_ids)
        self._doomed.update(here)
        try:
            return await self._work_on(here, unlink)
        finally:
            self._doomed.difference_update(here)

    async def move_many(self, queue_ids: Sequence[str], to: "QueueDirectory") -> list[str]:
        """Some messages into another directory; those that were here."""
        here = self._here(queue_ids)
        if here:
            to.new_file(max(here))
        return await self._work_on(here, lambda path: move(path, to.path))

    async def expire_many(self, queue_ids: Sequence[str]) -> list[str]:
        """Have messages returned at the next attempt; those that were here and not expired."""
        return await self._work_on(self._here(queue_ids), expire)

    async def _work_on(self, queue_ids: Sequence[str], work: Callable[[Path], bool]) -> list[str]:
        """Those to whose files it was done; what is gone and what fails is left out."""
        paths = [self.file(queue_id) for queue_id in queue_ids]

        def done() -> list[str]:
            return [path.name for path in paths if self._did(work, path)]

        return await asyncio.get_running_loop().run_in_executor(self._executor, done)

    def _did(self, work: Callable[[Path], bool], path: Path) -> bool:
        try:
            return work(path)
        except FileNotFoundError:
            return False
        except (Corrupt, OSError) as error:
            self._warn(f"{self.path.name}/{path.name}: {error}")
            return False

    def _here(self, queue_ids: Sequence[str]) -> list[str]:
        return [queue_id for queue_id in queue_ids if queue_id not in self._doomed]

    async def sync(self) -> None:
        """Return when all names are durable as they are now; callers share one fsync(2).

        Raises OSError."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._start()
        await waiter

    async def settle(self) -> None:
        """Return when nothing is left that can be done; raises nothing."""
        if self._retry is not None:
            self._start()
        while self._syncer is not None:
            await asyncio.wait({self._syncer})

    def _start(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._syncer is None:
            self._syncer = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        failed: list[str] = []
        while self._waiters or self._to_remove:
            waiters, self._waiters = self._waiters, []
            names, self._to_remove = self._to_remove, []
            left, error = await loop.run_in_executor(self._executor, self._remove_and_sync, names)
            failed += left
            for waiter in waiters:
                if waiter.done():
                    continue
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)
        self._to_remove = failed
        self._syncer = None
        if failed:
            self._retry = loop.call_later(RETRY_DELAY, self._start)

    def _remove_and_sync(self, names: Iterable[str]) -> tuple[list[str], OSError | None]:
        """Those that could not be removed, and why names may not last."""
        failed = [name for name in names if not self._removed(name)]
        try:
            sync_directory(self.path)
        except OSError as error:
            return failed, error
        return failed, None

    def _removed(self, name: str) -> bool:
        try:
            self.file(name).unlink(missing_ok=True)
        except OSError as error:
            # It stays doomed: nobody gets it twice while we run.
            if self._trouble != str(error.strerror):
                self._trouble = str(error.strerror)
                self._warn(f"{self.path.name}/{name}: cannot be removed: {error.strerror}")
            return False
        self._trouble = ""
        self._doomed.discard(name)
        return True
