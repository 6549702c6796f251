"""What is done to queue files, each as one blocking piece of work for a thread."""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

import msgspec

from postroom.spool.durably import create_unnamed, link_unnamed, sync_directory, write_all
from postroom.spool.queue_file import (
    Contents,
    State,
    append,
    content_crc,
    header,
    number_in,
    read_content,
    read_contents,
    state_record,
    tail_offset,
    verify_content,
)
from postroom.spool.record import Corrupt

# Somebody may have put anything there.
_SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

P = ParamSpec("P")
R = TypeVar("R")


class NewFile(NamedTuple):
    """A queue file to be made: its content, and when its message is to be tried."""

    path: Path
    data: bytes
    due: float


def create_files(files: Sequence[NewFile]) -> list[OSError | None]:
    """Write whole queue files, and give them names that last; an error is one file's own.

    All are written before the first one is waited for, so that one commit of the file system
    takes them all.
    """
    with ExitStack() as opened:
        written = [_caught(_write_unnamed, file, opened) for file in files]
        named = [
            result if isinstance(result, OSError) else _caught(_sync_and_name, file, result)
            for file, result in zip(files, written, strict=True)
        ]
    lost = {directory: _caught(sync_directory, directory) for directory in _directories(files)}
    return [
        result if isinstance(result, OSError) else _kept(file.path, lost[file.path.parent])
        for file, result in zip(files, named, strict=True)
    ]


def _kept(path: Path, error: OSError | None) -> OSError | None:
    """A name that may not last is taken back: its message stays elsewhere, and is not two."""
    if error is not None:
        _caught(path.unlink, missing_ok=True)
    return error


def _caught(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R | OSError:
    try:
        return work(*arguments, **named)
    except OSError as error:
        return error


def _directories(files: Sequence[NewFile]) -> set[Path]:
    return {file.path.parent for file in files}


def _write_unnamed(file: NewFile, opened: ExitStack) -> int:
    descriptor = create_unnamed(file.path.parent)
    # What close(2) says of a file that was synced means nothing.
    opened.callback(_caught, os.close, descriptor)
    write_all(descriptor, file.data)
    os.utime(descriptor, (file.due, file.due))
    # Start writing now: blocks get their place, and the next commit has them in it.
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    return descriptor


def _sync_and_name(file: NewFile, descriptor: int) -> None:
    """A file of that name is what an earlier try left behind, and is replaced."""
    os.fsync(descriptor)
    try:
        link_unnamed(descriptor, file.path)
    except FileExistsError:
        file.path.unlink()
        link_unnamed(descriptor, file.path)


def complete_file(
    descriptor: int, size: int, state: State, *, incoming: Path, path: Path
) -> Contents:
    """Make a queue file of an unnamed one that holds ``size`` bytes of content.

    It is named before it is synced: Linux's file systems bring a file's new name to the disk with
    the file, and so one commit does for both. Until then ``incoming`` is its name, where the next
    start believes only what verifies.
    """
    crc = content_crc(descriptor, size)
    offset = tail_offset(size)
    number = int(path.name, 16)
    record = state_record(number, state)
    write_all(descriptor, header(number, size, crc), 0)
    end = append(descriptor, offset, record)
    link_unnamed(descriptor, incoming)
    os.fsync(descriptor)
    incoming.rename(path)
    return Contents(size, crc, end, offset, state, frozenset(), os.fstat(descriptor).st_mtime)


def append_record(path: Path, end: int, record: bytes, *, sync: bool) -> int:
    """Add a record to a file, and say where the next one goes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        end = append(descriptor, end, record)
        if sync:
            os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    return end


def unlink(path: Path) -> bool:
    """Remove a file; raises OSError."""
    path.unlink()
    return True


def move(path: Path, directory: Path) -> bool:
    """Put a file into another directory; raises OSError."""
    path.rename(directory / path.name)
    return True


def expire(path: Path) -> bool:
    """Record that a message is to be returned; whether that is news. When it is due stays as it
    is, and a crash may forget it. Raises Corrupt or OSError."""
    number = int(path.name, 16)
    contents = load(path, number, verify=False)
    if contents.whole_state.expire:
        return False
    record = state_record(number, msgspec.structs.replace(contents.state, expire=True))
    append_record(path, contents.end, record, sync=False)
    set_due(path, contents.due)
    return True


def set_due(path: Path, due: float) -> None:
    """When the message is to be tried next."""
    os.utime(path, (due, due), follow_symlinks=False)


def open_for_reading(path: Path) -> int:
    """A descriptor without any way to change the file; raises OSError."""
    return os.open(path, os.O_RDONLY | _SAFELY)


def load(path: Path, number: int, *, verify: bool) -> Contents:
    """Read a file's envelope and state; raises Corrupt or OSError.

    With ``verify`` it is read for delivery: all of it has to be sound, and what becomes of
    the message can be written to it.
    """
    descriptor = os.open(path, _SAFELY | (os.O_RDWR if verify else os.O_RDONLY))
    try:
        _refuse_special(descriptor)
        contents = read_contents(descriptor, number)
        if verify:
            verify_content(descriptor, contents)
    finally:
        os.close(descriptor)
    return contents


def is_begun(path: Path) -> bool:
    """Whether a file has as much of a header as says whose it is; one that was still being
    written when the machine stopped has none. Raises OSError."""
    descriptor = open_for_reading(path)
    try:
        number_in(descriptor)
    except Corrupt:
        return False
    finally:
        os.close(descriptor)
    return True


def _refuse_special(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise Corrupt("not a regular file")


def load_content(path: Path, contents: Contents) -> bytes:
    """Read a small file's content; raises Corrupt or OSError."""
    descriptor = open_for_reading(path)
    try:
        return read_content(descriptor, contents)
    finally:
        os.close(descriptor)
