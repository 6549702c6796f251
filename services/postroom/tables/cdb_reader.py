"""Read D. J. Bernstein's constant database format (https://cr.yp.to/cdb/cdb.txt).

Reads go through pread(2), never through a mapping: a file that somebody cuts short while it
is in use gives an error here, and a SIGBUS there. Every position is checked against the size.
"""

import os
import struct
import weakref
from collections.abc import Iterator

from postroom.tables.index_format import CorruptFile

HEADER_SIZE = 2048
SLOT_SIZE = 8
_PAIR = struct.Struct("<II")
_HASH_START = 5381
# One read that holds most records whole: lengths, a key and a value.
_FIRST_READ = 512


def cdb_hash(key: bytes) -> int:
    """The hash of the format: h = ((h << 5) + h) ^ c, 32 bits."""
    value = _HASH_START
    for byte in key:
        value = (value * 33 ^ byte) & 0xFFFFFFFF
    return value


class CdbReader:
    """A constant database; takes over ``descriptor`` and closes it with itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.close = weakref.finalize(self, os.close, descriptor)
        self._size = os.fstat(descriptor).st_size
        header = os.pread(descriptor, HEADER_SIZE, 0)
        if len(header) < HEADER_SIZE:
            raise CorruptFile("shorter than its header")
        self._buckets = tuple(_PAIR.iter_unpack(header))
        self._end_of_records = min(position for position, _ in self._buckets)
        if not HEADER_SIZE <= self._end_of_records <= self._size:
            raise CorruptFile("hash tables lie outside the file")

    def get(self, key: bytes) -> bytes | None:
        """The first value stored under ``key``."""
        code = cdb_hash(key)
        table, slots = self._buckets[code & 0xFF]
        if not slots:
            return None
        if slots > (self._size - table) // SLOT_SIZE:
            raise CorruptFile("a hash table passes the end of the file")
        start = (code >> 8) % slots
        for number in range(slots):
            slot = table + SLOT_SIZE * ((start + number) % slots)
            slot_code, position = _PAIR.unpack(self._read(slot, SLOT_SIZE))
            if position == 0:
                return None
            if slot_code == code:
                found_key, value, _ = self._record(position)
                if found_key == key:
                    return value
        return None

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All records in the order they were written."""
        position = HEADER_SIZE
        while position < self._end_of_records:
            key, value, position = self._record(position)
            yield key, value

    def _record(self, position: int) -> tuple[bytes, bytes, int]:
        """Key and value at ``position``, and where the next record begins."""
        head = os.pread(self._descriptor, _FIRST_READ, position)
        if position + _PAIR.size > self._end_of_records:
            raise CorruptFile("a record lies outside its part of the file")
        key_size, value_size = _PAIR.unpack_from(head)
        end = position + _PAIR.size + key_size + value_size
        if end > self._end_of_records:
            raise CorruptFile("a record is longer than the file")
        if end - position > len(head):
            head = self._read(position, end - position)
        value_start = _PAIR.size + key_size
        return head[_PAIR.size : value_start], head[value_start : end - position], end

    def _read(self, position: int, size: int) -> bytes:
        data = os.pread(self._descriptor, size, position)
        if len(data) < size:
            raise CorruptFile("cut short")
        return data
