"""Who can decide what a path leads to: whoever may change a directory on the way.

Root opens lists for aliases, and a table's owner gives its commands their rights. Neither must
be what a user wants by putting a link of his own where list or table used to be.
"""

import os
import stat
from collections import deque
from typing import NamedTuple

# As many symbolic links as the kernel follows (path_resolution(7)).
MAX_LINKS = 40
_DIRECTORY = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Kept(Exception):
    """A directory on the way is the user's ``uid``, and so is what lies behind it."""

    def __init__(self, uid: int) -> None:
        super().__init__(f"uid {uid} decides what the file is")
        self.uid = uid


class _End(NamedTuple):
    """The last directory, open, and the name in it, which is no link."""

    directory: int
    name: str
    status: os.stat_result
    # Whether nobody else can have put something else there, or another name of the same.
    is_roots_alone: bool


def keeper(path: str) -> int:
    """The uid of whoever decides what ``path`` is; raises OSError."""
    try:
        end = _walk(path)
    except Kept as kept:
        return kept.uid
    os.close(end.directory)
    return end.status.st_uid


def open_as_root(path: str, flags: int) -> int:
    """Open what no other user can have put there for root to read; raises Kept, or OSError."""
    end = _walk(path)
    try:
        descriptor = os.open(end.name, flags | os.O_NOFOLLOW, dir_fd=end.directory)
    finally:
        os.close(end.directory)
    status = os.fstat(descriptor)
    is_link = stat.S_ISREG(status.st_mode) and status.st_nlink != 1
    if is_link and status.st_uid == 0 and not end.is_roots_alone:
        os.close(descriptor)
        raise PermissionError(1, "file has several names, and others may write to the directory")
    return descriptor


def _walk(path: str) -> _End:
    """As the kernel would go, but through no link that somebody else than root can have made.

    What is root's in a directory with the sticky bit stays what it is, though others write there.
    """
    names = deque(_names(path))
    directory = os.open("/", _DIRECTORY)
    links = 0
    is_roots_alone = True
    try:
        while names:
            mode = os.fstat(directory).st_mode
            is_roots_alone &= not mode & _OTHERS_WRITE or bool(mode & stat.S_ISVTX)
            name = names.popleft()
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                if links > MAX_LINKS or not is_roots_alone or status.st_uid != 0:
                    raise OSError(40, "a symbolic link, and others may write to the directory")
                target = os.readlink(name, dir_fd=directory)
                names.extendleft(reversed(_names(target)))
                if target.startswith("/"):
                    directory = _entered(directory, "/")
            elif not names:
                return _End(directory, name, status, is_roots_alone and not mode & _OTHERS_WRITE)
            else:
                directory = _entered(directory, name)
        raise IsADirectoryError(21, os.strerror(21), path)
    except BaseException:
        os.close(directory)
        raise


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _entered(directory: int, name: str) -> int:
    """A descriptor of the next directory instead of this one's; raises Kept."""
    entered = os.open(name, _DIRECTORY, dir_fd=directory)
    owner = os.fstat(entered).st_uid
    if owner != 0:
        os.close(entered)
        raise Kept(owner)
    os.close(directory)
    return entered
