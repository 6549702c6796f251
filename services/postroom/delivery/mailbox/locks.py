"""Locks on mailbox files: fcntl(2) and dot-lock files, in the order that main.cf says."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from postroom.delivery.impersonation.tasks import Locking


class Busy(Exception):
    """Somebody else has the lock; the text says which."""


class NoLockFile(Busy):
    """No lock file can be made in the mailbox's directory."""


@contextmanager
def locked(path: str, descriptor: int, locking: Locking, *, own: bool) -> Iterator[str]:
    """Hold all configured locks of the mailbox ``path``, open as ``descriptor``; raises Busy.

    A lock that is not to be had gives back those already held (Debian policy 11.6). A file that
    is no user's ``own`` mailbox may lie where its writer can make no lock file: the value is then
    a warning.
    """
    warning = ""
    with ExitStack() as held:
        for style in locking.styles:
            try:
                held.enter_context(_STYLES[style](path, descriptor, locking))
            except NoLockFile as reason:
                if own:
                    raise
                warning = str(reason)
        yield warning


@contextmanager
def _by_kernel(
    lock: Callable[[int, int], None], path: str, descriptor: int, locking: Locking
) -> Iterator[None]:
    """``lock`` is one of the two calls that the kernel has for this; they do not see each other."""
    _patiently(lambda: lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB), path, locking)
    try:
        yield
    finally:
        lock(descriptor, fcntl.LOCK_UN)


@contextmanager
def _dotlock(path: str, _: int, locking: Locking) -> Iterator[None]:
    lock = Path(f"{path}.lock")

    def take() -> None:
        with suppress(FileNotFoundError):
            if time.time() - lock.lstat().st_mtime > locking.stale:
                lock.unlink()
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444))

    try:
        _patiently(take, f"{lock}: File exists", locking, "create lock file")
    except OSError as error:
        text = f"unable to create lock file {lock}: {error.strerror}"
        raise NoLockFile(text) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


_STYLES: dict[str, Callable[[str, int, Locking], AbstractContextManager[None]]] = {
    "fcntl": partial(_by_kernel, fcntl.lockf),
    "flock": partial(_by_kernel, fcntl.flock),
    "dotlock": _dotlock,
}


def _patiently(take: Callable[[], None], what: str, locking: Locking, doing: str = "lock") -> None:
    """Raises Busy in the end, and at once any other OSError."""
    for attempt in range(max(locking.attempts, 1)):
        if attempt:
            time.sleep(locking.delay)
        try:
            take()
        except (BlockingIOError, FileExistsError):
            continue
        return
    raise Busy(f"unable to {doing} {what}")
