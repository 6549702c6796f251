"""alias_maps, and whose rights the files and commands in each of its tables have."""

from collections.abc import Iterable
from typing import NamedTuple

from postroom.delivery.local.keeper import keeper
from postroom.tables import Maps

# What a table of this name may be kept in besides the file that it names.
_SUFFIXES = (".cdb", ".lmdb", "")


class Alias(NamedTuple):
    """An entry; ``owner`` is the uid that owns its table, 0 where that is nobody's file."""

    key: str
    value: str
    owner: int


class Aliases:
    """Tables are asked in their order; raises tables.TableError.

    Nothing of an address, which anybody may write, becomes a part of a command or a file's name.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._tables = tuple((Maps((name,), constant=True), _path(name)) for name in names)

    async def find(self, key: str) -> Alias | None:
        for table, path in self._tables:
            value = await table.find(key)
            if value is not None:
                return Alias(key, value, _owner(path))
        return None


def _path(name: str) -> str:
    return name.removeprefix("proxy:").partition(":")[2]


def _owner(path: str) -> int:
    """As local(8) has it, a table of somebody else's gives that user's rights. So does one in a
    directory of somebody else's, who may have changed it since it was read."""
    if not path.startswith("/"):
        return 0
    for suffix in _SUFFIXES:
        try:
            return keeper(path + suffix)
        except OSError:
            continue
    return 0
