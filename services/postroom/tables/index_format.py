"""The file formats of indexed tables, each behind the same two functions."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from postroom.tables.table import TableError

# Types of main.cf and the module that knows their format; hash and btree are kept as cdb.
_MODULES = {"btree": "cdb_index", "cdb": "cdb_index", "hash": "cdb_index", "lmdb": "lmdb_index"}
INDEXED_TYPES = frozenset(_MODULES)


class CorruptFile(Exception):
    """What the file says about itself cannot be true."""


class TooLarge(Exception):
    """What is to be stored passes what the format can express."""


class Index(Protocol):
    """An open index; both raise CorruptFile or OSError."""

    def get(self, key: bytes) -> bytes | None:
        """The first value stored under ``key``."""

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All entries, in the order of the file."""


class IndexFormat(NamedTuple):
    """``open`` takes over a descriptor; ``write`` fills an empty file, and may raise TooLarge.

    ``terminated``: whether keys and values end with NUL where postmap(1) is not told.
    """

    suffix: str
    terminated: bool
    open: Callable[[int], Index]
    write: Callable[[int, Mapping[bytes, bytes]], None]


def index_format(kind: str) -> IndexFormat:
    """The format of a type; raises TableError for one that is none or whose library lacks."""
    if kind not in _MODULES:
        raise TableError(f"unsupported map type for this operation: {kind}")
    try:
        module = import_module(f"postroom.tables.{_MODULES[kind]}")
    except ModuleNotFoundError as error:
        raise TableError(
            f"{kind}: tables need Python's {error.name} (python3-{error.name})"
        ) from None
    return cast(IndexFormat, module.FORMAT)
