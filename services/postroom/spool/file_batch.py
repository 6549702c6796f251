"""Queue files made many at a time: those that have to wait are in no hurry.

A message is safe in the journal until its file is; so files are gathered for a moment, written
in one piece of work by one thread (several would only fight over the interpreter), and the
file system's one commit serves them all.
"""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from postroom.spool.file_work import NewFile, create_files

GATHER_SECONDS = 0.1
# What one piece of work may be: a quarter of a second on an ordinary disk.
MAX_FILES = 128


class FileBatch:
    """Makes files in ``executor``'s threads, one batch after the other."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: list[tuple[NewFile, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def create(self, path: Path, data: bytes, due: float) -> None:
        """Return when the file and its name are on stable storage; raises OSError."""
        made = asyncio.get_running_loop().create_future()
        self._waiting.append((NewFile(path, data, due), made))
        if self._worker is None:
            self._worker = asyncio.ensure_future(self._work())
        await made

    async def _work(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_FILES], self._waiting[MAX_FILES:]
            files = [file for file, _ in batch]
            errors = await loop.run_in_executor(self._executor, create_files, files)
            for (_, made), error in zip(batch, errors, strict=True):
                if made.done():
                    continue
                if error is None:
                    made.set_result(None)
                else:
                    made.set_exception(error)
        self._worker = None
