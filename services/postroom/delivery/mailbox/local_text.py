"""The text of a message as it goes into a file: its heading, then its content in local form."""

import os
from collections.abc import Iterable, Iterator

from postroom.delivery.impersonation.worker import Job
from postroom.esmtp.local_form import local_form


def local_text(job: Job) -> Iterator[bytes]:
    """Raises content.ContentLost. A small message is one piece."""
    pieces = local_form(job.content.pieces())
    yield job.task.message.heading + next(pieces, b"")
    yield from pieces


def write_all(descriptor: int, pieces: Iterable[bytes]) -> None:
    """Write every octet; raises OSError."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
