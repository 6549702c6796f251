"""What every table can do, and the one way in which it fails."""

from abc import ABC, abstractmethod
from collections.abc import Iterator


class TableError(Exception):
    """The table cannot be read now; the text names it and says what to do about it."""


class Table(ABC):
    """One lookup table; ``name`` is what main.cf calls it, ``type:name``."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def lookup(self, key: str) -> str | None:
        """The value of ``key``, None where there is none; raises TableError.

        Types with fixed keys ignore the case of ``key``; patterns decide for themselves.
        """


class ListedTable(Table):
    """A table whose entries can be told one by one (``postmap -s``)."""

    @abstractmethod
    def items(self) -> Iterator[tuple[str, str]]:
        """All entries in the order of the table; raises TableError."""
