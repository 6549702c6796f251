"""Queue files made many at a time: those that have to wait are in no hurry.

A message is safe in the journal until its file is; so files are gathered for a moment, written
in one piece of work by one thread (several would only fight over the interpreter), and the
file system's one commit serves them all.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

from postroom.spool.file_work import NewFile, create_files
from postroom.spool.record import Corrupt

GATHER_SECONDS = 0.1
# What one piece of work may be: a quarter of a second on an ordinary disk.
MAX_FILES = 128


class _Waiting(NamedTuple):
    """A file to be made, and who waits for it."""

    path: Path
    data: Callable[[], bytes]
    due: float
    made: asyncio.Future[None]


class FileBatch:
    """Makes files in ``executor``'s threads, one batch after the other."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def create(self, path: Path, data: Callable[[], bytes], due: float) -> None:
        """Return when the file and its name are on stable storage.

        Raises OSError, or what ``data`` raises. That is asked when its turn has come: of a
        thousand messages that wait only a batch is in memory.
        """
        made = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(path, data, due, made))
        if self._worker is None:
            self._worker = asyncio.ensure_future(self._work())
        await made

    async def _work(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_FILES], self._waiting[MAX_FILES:]
            await self._make([one for one in batch if not one.made.done()])
        self._worker = None

    async def _make(self, batch: list[_Waiting]) -> None:
        files: list[NewFile] = []
        futures: list[asyncio.Future[None]] = []
        for path, data, due, made in batch:
            try:
                files.append(NewFile(path, data(), due))
                futures.append(made)
            except (Corrupt, OSError) as error:
                made.set_exception(error)
        loop = asyncio.get_running_loop()
        errors = await loop.run_in_executor(self._executor, create_files, files)
        for made, failure in zip(futures, errors, strict=True):
            if made.done():
                continue
            if failure is None:
                made.set_result(None)
            else:
                made.set_exception(failure)
