"""Append to an mbox file (mbox(5)): locked, all or nothing, on stable storage."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from postroom.delivery.content import ContentLost
from postroom.delivery.from_quoting import from_quoted
from postroom.delivery.impersonation.tasks import AppendMbox, Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.mailbox.local_text import local_text, write_all
from postroom.delivery.mailbox.locks import Busy, locked

_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unsuitable(Exception):
    """The file is not one to write mail to; the text says why."""


def append_mboxes(jobs: Sequence[Job]) -> list[Result]:
    """Blocks while a mailbox is locked by others."""
    results: list[Result] = []
    for _, group in groupby(jobs, key=lambda job: (job.task.path, job.task.own)):
        results += _append_batch(list(group))
    return results


def _append_batch(jobs: list[Job]) -> Sequence[Result]:
    """Messages for one mailbox: it is locked once, and waited for once."""
    task: AppendMbox = jobs[0].task
    try:
        descriptor = _open(task)
    except Unsuitable as reason:
        return _cannot(jobs, str(reason))
    except OSError as error:
        return [Result.trouble(error)] * len(jobs)
    try:
        with locked(task.path, descriptor, task.locking):
            return _append_and_store(descriptor, jobs)
    except Busy as reason:
        return _cannot(jobs, str(reason))
    except OSError as error:
        return [Result.trouble(error)] * len(jobs)
    finally:
        os.close(descriptor)


def _cannot(jobs: list[Job], reason: str) -> list[Result]:
    return [Result("4.2.0", f"cannot update mailbox {job.task.path}. {reason}") for job in jobs]


def _open(task: AppendMbox) -> int:
    """Open and look at what was opened, so that nobody can exchange it in between."""
    descriptor = os.open(task.path, _OPEN, 0o600)
    try:
        _check(os.fstat(descriptor), task.own)
    except Unsuitable:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, own: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unsuitable("destination is not a regular file")
    if own and status.st_uid != os.getuid():
        raise Unsuitable(f"destination is owned by uid {status.st_uid}")
    if own and status.st_nlink != 1:
        raise Unsuitable(f"destination has {status.st_nlink} links")


def _append_and_store(descriptor: int, jobs: list[Job]) -> list[Result]:
    """All that is appended is on stable storage in the end, or none of it is there."""
    start = os.fstat(descriptor).st_size
    results = [_append(descriptor, job) for job in jobs]
    try:
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, start)
        raise
    return results


def _append(descriptor: int, job: Job) -> Result:
    """A message goes in whole or not at all."""
    task: AppendMbox = job.task
    size = os.fstat(descriptor).st_size
    if task.limit and size + job.content.size > task.limit:
        return Result("5.2.2", f"mailbox size limit exceeded for {task.path}")
    try:
        write_all(descriptor, _entry(job))
    except (OSError, ContentLost) as error:
        os.ftruncate(descriptor, size)
        return Result.trouble(error)
    return Result("2.0.0", "delivered to mailbox" if task.own else "delivered to file")


def _entry(job: Job) -> Iterator[bytes]:
    """What a message is in the mailbox; a small one is one piece."""
    pieces = ended(from_quoted(local_text(job)))
    first = (job.task.from_line, next(pieces), next(pieces, b""), next(pieces, b""))
    yield b"".join(first)
    yield from pieces


def ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """With the empty line that ends a message in an mbox, and before it a line end."""
    last = b"\n"
    for piece in pieces:
        yield piece
        last = piece[-1:] or last
    yield b"\n" if last == b"\n" else b"\n\n"
