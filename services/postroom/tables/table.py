"""What every table can do, and the one way in which it fails."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

# How many questions at a time a server, and this process, is asked to bear.
THREADS = 4


class TableError(Exception):
    """The table cannot be read now; the text names it and says what to do about it."""


class Table(ABC):
    """One lookup table; ``name`` is what main.cf calls it, ``type:name``."""

    # Whether entries stand for themselves. Patterns see whole addresses only, never parts.
    fixed_keys = True
    # Whether somebody else has to answer first: such a table may be asked in any thread.
    slow = False
    # Whether every question travels, so that it is better to ask many at once.
    distant = False

    def __init__(self, name: str) -> None:
        self.name = name
        self._threads: ThreadPoolExecutor | None = None

    @abstractmethod
    def lookup(self, key: str) -> str | None:
        """The value of ``key``, None where there is none; raises TableError.

        Types with fixed keys ignore the case of ``key``; patterns decide for themselves.
        """

    async def find(self, key: str) -> str | None:
        """As ``lookup``, in an event loop that goes on meanwhile.

        A slow table has threads of its own: one whose server is away holds up no other.
        """
        if not self.slow:
            return self.lookup(key)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.lookup, key)

    async def find_each(self, keys: Sequence[str]) -> dict[str, str | None]:
        """As ``find``, of many keys."""
        return {key: await self.find(key) for key in keys}


class BrokenTable(Table):
    """Stands for a table that cannot be opened; every lookup says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self._reason = reason

    def lookup(self, key: str) -> NoReturn:
        raise TableError(self._reason)


class ListedTable(Table):
    """A table whose entries can be told one by one (``postmap -s``)."""

    @abstractmethod
    def items(self) -> Iterator[tuple[str, str]]:
        """All entries in the order of the table; raises TableError."""
