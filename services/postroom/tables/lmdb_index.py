"""OpenLDAP's LMDB as an index, as Postfix has it: one file, no lock file (lmdb_table(5)).

Postfix changes such a file in place and guards that by fcntl(2) locks on the whole file, which
lookups here respect. postmap(1) here makes a new file instead, as for every other format.

BUGS: the library maps the file, so one that somebody cuts short while it is in use ends the
process that reads it; systemd starts that again.
"""

import fcntl
import os
import weakref
from collections.abc import Iterator, Mapping

import lmdb

from postroom.tables.index_format import CorruptFile, IndexFormat, TooLarge

# main.cf's lmdb_map_size by default: what other programs may still add without growing the map.
_SPARE = 16 * 1024 * 1024
# What a page's header and its pointers cost per entry, at most.
_PER_ENTRY = 64


class LmdbReader:
    """An LMDB file; takes over ``descriptor`` and closes it with itself.

    The library cannot have a file open twice in a process: ``opened`` gives the one that is.
    """

    @classmethod
    def opened(cls, descriptor: int) -> "LmdbReader":
        status = os.fstat(descriptor)
        file = (status.st_dev, status.st_ino)
        reader = _readers.get(file)
        if reader is None:
            reader = _readers[file] = cls(descriptor)
        else:
            os.close(descriptor)
        return reader

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        try:
            self._environment = lmdb.open(
                _path(descriptor), subdir=False, readonly=True, lock=False, create=False
            )
        except lmdb.Error as error:
            os.close(descriptor)
            raise CorruptFile(str(error)) from None
        self.close = weakref.finalize(self, _close, self._environment, descriptor)

    def get(self, key: bytes) -> bytes | None:
        if not key:
            return None
        fcntl.lockf(self._descriptor, fcntl.LOCK_SH)
        try:
            with self._begin() as transaction:
                found = transaction.get(key)
            return None if found is None else bytes(found)
        except lmdb.BadValsizeError:
            return None  # longer than any key of the format
        except lmdb.Error as error:
            raise CorruptFile(str(error)) from None
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        fcntl.lockf(self._descriptor, fcntl.LOCK_SH)
        try:
            with self._begin() as transaction:
                for key, value in transaction.cursor():
                    yield bytes(key), bytes(value)
        except lmdb.Error as error:
            raise CorruptFile(str(error)) from None
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)

    def _begin(self) -> lmdb.Transaction:
        """Another program may have made the map larger than it was when it was opened."""
        try:
            return self._environment.begin()
        except lmdb.MapResizedError:
            self._environment.set_mapsize(0)
            return self._environment.begin()


# By device and inode, as long as somebody has them.
_readers: weakref.WeakValueDictionary[tuple[int, int], LmdbReader] = weakref.WeakValueDictionary()


def _close(environment: lmdb.Environment, descriptor: int) -> None:
    """In this order: the library knows the environment by a name that the descriptor gives it."""
    environment.close()
    os.close(descriptor)


def _write(descriptor: int, entries: Mapping[bytes, bytes]) -> None:
    """Sorted, because then every page is filled and none is written twice."""
    size = sum(map(len, entries)) + sum(map(len, entries.values())) + _PER_ENTRY * len(entries)
    environment = lmdb.open(
        _path(descriptor), subdir=False, lock=False, sync=False, map_size=2 * size + _SPARE
    )
    try:
        with environment.begin(write=True) as transaction, transaction.cursor() as cursor:
            cursor.putmulti(sorted(entries.items()), append=True)
    except lmdb.BadValsizeError:
        longest = max(map(len, entries))
        raise TooLarge(f"a key of {longest} bytes, where LMDB takes 1 to 511") from None
    finally:
        environment.close()


def _path(descriptor: int) -> str:
    """A name that nobody can turn to another file, and that is used once per process at a time."""
    return f"/proc/self/fd/{descriptor}"


FORMAT = IndexFormat(".lmdb", terminated=True, open=LmdbReader.opened, write=_write)
