"""Deliver to a Maildir: write to tmp, move to new; the same message never twice.

The name is made of the queue id and the recipient, not of time and process, so that a
delivery which is repeated after a crash finds its own work done.
"""

import os
from contextlib import suppress
from pathlib import Path

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Result, WriteMaildir
from postroom.esmtp.local_form import local_form

DELIVERED = Result("2.0.0", "delivered to maildir")
# What a reader may have renamed a new message to in the seconds since (maildir's info suffix).
_SEEN_SUFFIXES = (":2,", ":2,S")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def write_maildir(task: WriteMaildir, content: Content) -> Result:
    """Blocks until file and name are on stable storage (fsync(2)); raises OSError."""
    root = _open_maildir(task.path)
    try:
        if _is_delivered(root, task.name):
            return DELIVERED
        _write(root, task, content)
        return DELIVERED
    finally:
        os.close(root)


def _open_maildir(path: str) -> int:
    """A descriptor of the Maildir, made now if there is none."""
    for part in ("", "tmp", "new", "cur"):
        (Path(path) / part).mkdir(mode=0o700, exist_ok=True)
    return os.open(path, _DIRECTORY)


def _is_delivered(root: int, name: str) -> bool:
    places = [f"new/{name}", *(f"cur/{name}{suffix}" for suffix in _SEEN_SUFFIXES)]
    return any(_exists(root, place) for place in places)


def _exists(root: int, path: str) -> bool:
    try:
        os.stat(path, dir_fd=root, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write(root: int, task: WriteMaildir, content: Content) -> None:
    temporary = f"tmp/{task.name}.{os.getpid()}"
    descriptor = os.open(temporary, _NEW_FILE, 0o600, dir_fd=root)
    try:
        with os.fdopen(descriptor, "wb", buffering=262_144) as file:
            file.write(task.message.heading)
            for piece in local_form(content.pieces()):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, f"new/{task.name}", src_dir_fd=root, dst_dir_fd=root)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=root)
        raise
    _sync_directory(root, "new")


def _sync_directory(root: int, path: str) -> None:
    """Without this a crash may take the name back, though the content is safe."""
    directory = os.open(path, _DIRECTORY, dir_fd=root)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
