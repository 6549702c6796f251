"""Changing a configuration file so that readers see the old one or the new one, whole."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from postroom.config.logical_lines import read

ASIDE = ".tmp"
"""The new file is written beside the old one, under its name with this behind (as Postfix does)."""


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Replace a file's text; two who do so at a time take turns. Mode and owner stay.

    OSError where it cannot be done; the old file is untouched then.
    """
    target = path.resolve()
    aside = target.with_name(target.name + ASIDE)
    descriptor = _locked(aside)
    try:
        _write(descriptor, change(read(target)), target.stat())
        aside.rename(target)
        _sync_directory(target.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int:
    """The file aside, open and ours alone."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is(path, descriptor):
            return descriptor
        # Whoever held the lock has moved the file into place meanwhile.
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write(descriptor: int, text: str, like: os.stat_result) -> None:
    os.ftruncate(descriptor, 0)
    content = memoryview(text.encode("utf-8", "surrogateescape"))
    while content:
        content = content[os.write(descriptor, content) :]
    if (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, like.st_mode & 0o7777)
    os.fsync(descriptor)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
