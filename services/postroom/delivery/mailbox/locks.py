"""Locks on mailbox files: fcntl(2) and dot-lock files, in the order that main.cf says."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from postroom.delivery.impersonation.tasks import Locking


class Busy(Exception):
    """Somebody else has the lock; the text says which."""


@contextmanager
def locked(path: str, descriptor: int, locking: Locking) -> Iterator[None]:
    """Hold all configured locks of the mailbox ``path``, open as ``descriptor``; raises Busy.

    A lock that is not to be had gives back those already held (Debian policy 11.6).
    """
    with ExitStack() as held:
        for style in locking.styles:
            held.enter_context(_STYLES[style](path, descriptor, locking))
        yield


@contextmanager
def _fcntl(path: str, descriptor: int, locking: Locking) -> Iterator[None]:
    _patiently(lambda: fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB), path, locking)
    try:
        yield
    finally:
        fcntl.lockf(descriptor, fcntl.LOCK_UN)


@contextmanager
def _flock(path: str, descriptor: int, locking: Locking) -> Iterator[None]:
    _patiently(lambda: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB), path, locking)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def _dotlock(path: str, _: int, locking: Locking) -> Iterator[None]:
    lock = Path(f"{path}.lock")

    def take() -> None:
        with suppress(FileNotFoundError):
            if time.time() - lock.lstat().st_mtime > locking.stale:
                lock.unlink()
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444))

    _patiently(take, f"{lock}: File exists", locking, "create lock file")
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


_STYLES = {"fcntl": _fcntl, "flock": _flock, "dotlock": _dotlock}


def _patiently(take: Callable[[], None], what: str, locking: Locking, doing: str = "lock") -> None:
    for attempt in range(max(locking.attempts, 1)):
        if attempt:
            time.sleep(locking.delay)
        try:
            take()
        except (BlockingIOError, FileExistsError):
            continue
        except PermissionError:
            break
        return
    raise Busy(f"unable to {doing} {what}")
