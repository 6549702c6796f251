"""Where a message lies in the journal."""

from typing import NamedTuple

from postroom.spool.record import HEADER_SIZE, Corrupt, record_at
from postroom.spool.segment import Segment


class Place(NamedTuple):
    """Where a message's payload lies."""

    segment: Segment
    start: int
    size: int

    def read(self) -> bytes:
        """The payload; raises Corrupt or OSError."""
        data = self.segment.read(self.start - HEADER_SIZE, HEADER_SIZE + self.size)
        record = record_at(data, 0, self.segment.generation)
        if record is None or not record.intact:
            raise Corrupt(f"{self.segment.path.name} does not verify at {self.start}")
        return data[HEADER_SIZE:]

    def read_anyway(self) -> bytes:
        """As much of the payload as the disk still gives, right or wrong."""
        try:
            return self.segment.read(self.start, self.size)
        except OSError:
            return b""
