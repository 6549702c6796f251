"""What became of a list's members, where some of them have to be tried again.

The next attempt expands the list anew; without this it would deliver again to all whom the
message has reached. A file that is lost with a crash costs such a duplicate and no mail, so
nothing waits for the disk.
"""

import os
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

# A destination by its kind and name.
Key = tuple[str, ...]
# Mail that is older has left the queue (main.cf, maximal_queue_lifetime), or was on hold.
MAX_AGE_SECONDS = 30 * 86_400.0


class _Done(msgspec.Struct, frozen=True):
    address: str
    destinations: tuple[Key, ...]


_decode = msgspec.json.Decoder(_Done).decode


class Progress:
    """A file in ``directory`` for each recipient of whom something is done and something left."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, exist_ok=True)
        self._names = set(_young(directory))

    def of(self, queue_id: str, address: str) -> frozenset[Key]:
        """Where the message has been."""
        name = _name(queue_id, address)
        if name not in self._names:
            return frozenset()
        try:
            done = _decode((self._directory / name).read_bytes())
        except (OSError, msgspec.MsgspecError):
            return frozenset()
        return frozenset(done.destinations if done.address == address else ())

    def keep(self, queue_id: str, address: str, done: Iterable[Key]) -> None:
        """For the next attempt; raises OSError."""
        name = _name(queue_id, address)
        path = self._directory / name
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(_Done(address, tuple(done))))
        fresh.rename(path)
        self._names.add(name)

    def forget(self, queue_id: str, address: str) -> None:
        """All is settled."""
        name = _name(queue_id, address)
        if name in self._names:
            self._names.remove(name)
            (self._directory / name).unlink(missing_ok=True)


def _name(queue_id: str, address: str) -> str:
    return f"{queue_id}.{zlib.crc32(address.encode()):08x}"


def _young(directory: Path) -> Iterable[str]:
    """The files there are, without those that nobody will ask for."""
    oldest = time.time() - MAX_AGE_SECONDS
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.stat().st_mtime < oldest:
                Path(entry.path).unlink(missing_ok=True)
            else:
                yield entry.name
