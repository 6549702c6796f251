"""D. J. Bernstein's constant database as an index (see ``cdb_reader``, ``cdb_writer``)."""

import os
from collections.abc import Mapping

from postroom.tables.cdb_reader import CdbReader
from postroom.tables.cdb_writer import CdbWriter
from postroom.tables.index_format import IndexFormat


def _write(descriptor: int, entries: Mapping[bytes, bytes]) -> None:
    with os.fdopen(os.dup(descriptor), "wb") as file:
        writer = CdbWriter(file)
        for key, value in entries.items():
            writer.add(key, value)
        writer.finish()


FORMAT = IndexFormat(".cdb", terminated=False, open=CdbReader, write=_write)
