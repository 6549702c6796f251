"""Write D. J. Bernstein's constant database format; the caller gives the file its place."""

import struct
from typing import BinaryIO

from postroom.tables.cdb_reader import HEADER_SIZE, cdb_hash
from postroom.tables.index_format import TooLarge

_PAIR = struct.Struct("<II")
# Positions are 32 bits wide.
MAX_SIZE = 0xFFFFFFFF


class CdbWriter:
    """Appends records to ``file`` (at its beginning, seekable); ``finish`` completes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = HEADER_SIZE
        self._slots: list[list[tuple[int, int]]] = [[] for _ in range(256)]
        file.write(bytes(HEADER_SIZE))

    def add(self, key: bytes, value: bytes) -> None:
        """Keys may repeat; readers find the first."""
        code = cdb_hash(key)
        self._slots[code & 0xFF].append((code, self._position))
        self._write(_PAIR.pack(len(key), len(value)) + key + value)

    def finish(self) -> None:
        header = bytearray()
        for slots in self._slots:
            header += _PAIR.pack(self._position, 2 * len(slots))
            self._write(_hash_table(slots))
        self._file.seek(0)
        self._file.write(header)
        self._file.flush()

    def _write(self, data: bytes) -> None:
        if self._position + len(data) > MAX_SIZE:
            raise TooLarge("database larger than 4 GiB")
        self._file.write(data)
        self._position += len(data)


def _hash_table(slots: list[tuple[int, int]]) -> bytes:
    """Twice as many slots as entries, so that a search ends soon; collisions go to the next."""
    size = 2 * len(slots)
    table = [(0, 0)] * size
    for code, position in slots:
        place = (code >> 8) % size
        while table[place][1]:
            place = (place + 1) % size
        table[place] = (code, position)
    return b"".join(_PAIR.pack(code, position) for code, position in table)
