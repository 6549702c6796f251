"""Read many waiting messages, none of them for delivery: for the list of the queue."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from postroom.mail.queue_id import QueueId
from postroom.spool.queue_file import FIRST_READ, Contents, read_contents
from postroom.spool.record import Corrupt

# The disk is asked for so many files before the first of them is waited for.
_AHEAD = 64
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def read_many(directory: Path, queue_ids: Sequence[QueueId]) -> dict[QueueId, Contents]:
    """Those that are there and sound, by id; raises OSError if the directory is not there."""
    place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    found: dict[QueueId, Contents] = {}
    try:
        for start in range(0, len(queue_ids), _AHEAD):
            found.update(_read(place, queue_ids[start : start + _AHEAD]))
    finally:
        os.close(place)
    return found


def _read(place: int, queue_ids: Sequence[QueueId]) -> Iterator[tuple[QueueId, Contents]]:
    for queue_id, descriptor in tuple(_opened(place, queue_ids)):
        try:
            yield queue_id, read_contents(descriptor, int(queue_id, 16))
        except (OSError, Corrupt):
            continue
        finally:
            os.close(descriptor)


def _opened(place: int, queue_ids: Sequence[QueueId]) -> Iterator[tuple[QueueId, int]]:
    for queue_id in queue_ids:
        try:
            descriptor = os.open(queue_id, _FLAGS, dir_fd=place)
        except OSError:
            continue
        os.posix_fadvise(descriptor, 0, FIRST_READ, os.POSIX_FADV_WILLNEED)
        yield queue_id, descriptor
