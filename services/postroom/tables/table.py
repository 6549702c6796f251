"""What every table can do, and the one way in which it fails."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NoReturn


class TableError(Exception):
    """The table cannot be read now; the text names it and says what to do about it."""


class Table(ABC):
    """One lookup table; ``name`` is what main.cf calls it, ``type:name``."""

    # Whether entries stand for themselves. Patterns see whole addresses only, never parts.
    fixed_keys = True

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def lookup(self, key: str) -> str | None:
        """The value of ``key``, None where there is none; raises TableError.

        Types with fixed keys ignore the case of ``key``; patterns decide for themselves.
        """


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
