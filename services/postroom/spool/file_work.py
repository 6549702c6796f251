"""What is done to queue files, each as one blocking piece of work for a thread."""

import os
from pathlib import Path

from postroom.spool.durably import create_unnamed, link_unnamed, write_all
from postroom.spool.queue_file import (
    Contents,
    State,
    append,
    content_crc,
    header,
    read_content,
    read_contents,
    state_record,
    tail_offset,
    verify_content,
)


def create_file(path: Path, data: bytes, due: float) -> None:
    """Write a whole queue file and give it its name, which is durable once its directory is.

    A file of that name is what an earlier try left behind, and is replaced.
    """
    descriptor = create_unnamed(path.parent)
    try:
        write_all(descriptor, data)
        os.utime(descriptor, (due, due))
        os.fsync(descriptor)
        try:
            link_unnamed(descriptor, path)
        except FileExistsError:
            path.unlink()
            link_unnamed(descriptor, path)
    finally:
        os.close(descriptor)


def complete_file(descriptor: int, path: Path, number: int, size: int, state: State) -> Contents:
    """Make a queue file of an unnamed one that holds ``size`` bytes of content."""
    crc = content_crc(descriptor, size)
    offset = tail_offset(size)
    record = state_record(number, state)
    write_all(descriptor, header(number, size, crc), 0)
    end = append(descriptor, offset, record)
    os.fsync(descriptor)
    link_unnamed(descriptor, path)
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


def set_due(path: Path, due: float) -> None:
    """When the message is to be tried next."""
    os.utime(path, (due, due), follow_symlinks=False)


def open_for_reading(path: Path) -> int:
    """A descriptor without any way to change the file; raises OSError."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)


def load(path: Path, number: int, *, verify: bool) -> Contents:
    """Read a file's envelope and state; raises Corrupt or OSError."""
    descriptor = open_for_reading(path)
    try:
        contents = read_contents(descriptor, number)
        if verify:
            verify_content(descriptor, contents)
    finally:
        os.close(descriptor)
    return contents


def load_content(path: Path, contents: Contents) -> bytes:
    """Read a small file's content; raises Corrupt or OSError."""
    descriptor = open_for_reading(path)
    try:
        return read_content(descriptor, contents)
    finally:
        os.close(descriptor)
