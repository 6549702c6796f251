"""Append to an mbox file (mbox(5)): locked, all or nothing, on stable storage."""

import os
import stat
from collections.abc import Iterable, Iterator

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import AppendMbox, Result
from postroom.delivery.mailbox.locks import Busy, locked
from postroom.esmtp.local_form import local_form

_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unsuitable(Exception):
    """The file is not one to write mail to; the text says why."""


def append_mbox(task: AppendMbox, content: Content) -> Result:
    """Blocks while the mailbox is locked by others; raises OSError."""
    try:
        descriptor = _open(task)
    except Unsuitable as reason:
        return _cannot(task, str(reason))
    try:
        with locked(task.path, descriptor, task.locking):
            return _append(descriptor, task, content)
    except Busy as reason:
        return _cannot(task, str(reason))
    finally:
        os.close(descriptor)


def _cannot(task: AppendMbox, reason: str) -> Result:
    return Result("4.2.0", f"cannot update mailbox {task.path}. {reason}")


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


def _append(descriptor: int, task: AppendMbox, content: Content) -> Result:
    old_size = os.fstat(descriptor).st_size
    if task.limit and old_size + content.size > task.limit:
        return Result("5.2.2", f"mailbox size limit exceeded for {task.path}")
    try:
        with os.fdopen(os.dup(descriptor), "wb", buffering=262_144) as file:
            file.write(task.from_line + task.message.heading)
            for piece in quoted(local_form(content.pieces())):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.ftruncate(descriptor, old_size)
        raise
    return Result("2.0.0", "delivered to mailbox" if task.own else "delivered to file")


def quoted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A line that starts with ``From `` gets a ``>``, and an empty line ends the message."""
    held = b"\n"
    # The text starts as if behind a line end, which is not written.
    virtual = 1
    for piece in pieces:
        data = (held + piece).replace(b"\nFrom ", b"\n>From ")
        cut = max(len(data) - _HELD, 0)
        yield data[virtual:cut]
        virtual = max(virtual - cut, 0)
        held = data[cut:]
    yield held[virtual:] + (b"\n" if held.endswith(b"\n") else b"\n\n")


# What could be the start of "\nFrom " at the end of a piece.
_HELD = len(b"\nFrom")
