"""Append to an mbox file (mbox(5)): locked, all or nothing, on stable storage."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

import msgspec

from postroom.delivery.content import ContentLost
from postroom.delivery.from_quoting import from_quoted
from postroom.delivery.impersonation.tasks import AppendMbox, Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.mailbox.failure import code_of, reason_of
from postroom.delivery.mailbox.local_text import local_text, write_all
from postroom.delivery.mailbox.locks import Busy, locked

_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OPEN |= os.O_NOCTTY
# A mail reader that removes an empty mailbox may do so once while we wait, not all the time.
MAX_EXCHANGED = 5


class Unsuitable(Exception):
    """The file is not one to write mail to; code and reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def append_mboxes(jobs: Sequence[Job]) -> list[Result]:
    """Blocks while a mailbox is locked by others."""
    results: list[Result] = []
    for _, group in groupby(jobs, key=lambda job: (job.task.path, job.task.user)):
        results += _append_batch(list(group))
    return results


def _append_batch(jobs: list[Job]) -> Sequence[Result]:
    """Messages for one mailbox: it is locked once, and waited for once."""
    for _ in range(MAX_EXCHANGED):
        results = _open_and_append(jobs)
        if results:
            return results
    return _cannot(jobs, "4.2.0", "somebody exchanges the file all the time")


def _open_and_append(jobs: list[Job]) -> Sequence[Result]:
    """No results where who had the lock has removed the file, or put another in its place."""
    task: AppendMbox = jobs[0].task
    try:
        descriptor = _open(task)
    except Unsuitable as error:
        return _cannot(jobs, error.code, str(error))
    except OSError as error:
        return _cannot(jobs, code_of(error), f"cannot open file: {reason_of(error)}")
    try:
        with locked(task.path, descriptor, task.locking, own=bool(task.user)) as warning:
            if not _is_there(task.path, descriptor):
                return ()
            return _with_warning(warning, _append_and_store(descriptor, jobs))
    except Busy as reason:
        return _cannot(jobs, "4.2.0", str(reason))
    except OSError as error:
        return _cannot(jobs, code_of(error), f"error writing message: {reason_of(error)}")
    finally:
        os.close(descriptor)


def _is_there(path: str, descriptor: int) -> bool:
    """Whether what was opened is still what readers find, and by this name alone."""
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    return there.st_nlink == 1 and os.path.samestat(there, os.fstat(descriptor))


def _with_warning(warning: str, results: list[Result]) -> list[Result]:
    """Once for all of them."""
    if warning:
        results[0] = msgspec.structs.replace(results[0], warning=warning)
    return results


def _cannot(jobs: list[Job], code: str, reason: str) -> list[Result]:
    return [_failed(job, code, reason) for job in jobs]


def _failed(job: Job, code: str, reason: str) -> Result:
    task: AppendMbox = job.task
    return Result(code, f"{task.failing}{reason}")


def _open(task: AppendMbox) -> int:
    """Open and look at what was opened, so that nobody can exchange it in between."""
    try:
        descriptor = os.open(task.path, _OPEN, 0o600)
    except PermissionError:
        with suppress(FileNotFoundError):
            _check(os.lstat(task.path), task)
        raise
    try:
        _check(os.fstat(descriptor), task)
    except Unsuitable:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, task: AppendMbox) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unsuitable("5.2.0", "destination is not a regular file")
    if task.user and task.strict and status.st_uid != os.getuid():
        raise Unsuitable("4.2.0", f"destination {task.path} is not owned by recipient")
    if status.st_nlink != 1:
        raise Unsuitable("5.2.0", f"file has {status.st_nlink} hard links")


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
    try:
        write_all(descriptor, _entry(job))
    except (OSError, ContentLost) as error:
        os.ftruncate(descriptor, size)
        return _failed(job, code_of(error), f"error writing message: {reason_of(error)}")
    where = "mailbox" if task.user else f"file: {task.path}"
    return Result("2.0.0", f"delivered to {where}")


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
