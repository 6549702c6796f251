"""The maildrop: messages that programs on this machine submitted and cleanup has not seen yet.

A file holds the content as it was written (lines end in LF), then a ``Drop`` in msgpack, then
a footer: length of the content, length of the ``Drop``, CRC-32 of the ``Drop``, and a magic
with the format's version. A file gets its name only once it is complete and on stable storage.
pickup adds the message's queue id to the name before it hands the message over, so that whoever
knows the id knows the message, should pickup have to bring it again.

Who may write here: postdrop alone. Where main.cf says ``submission_mode = maildrop``, users have
a directory of their own beside it, the open maildrop, from which pickup's collector copies here.
"""

import errno
import os
import re
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from postroom.mail.envelope import (
    Address,
    Recipient,
    Submitter,
    UserTrace,
    Value,
    VerpDelimiters,
)
from postroom.mail.queue_id import QueueId

DIRECTORY = "maildrop"
OPEN_DIRECTORY = "open"
_MAGIC = b"PRDROP01"
_FOOTER = struct.Struct(">QII8s")
# A Drop with more recipients than any request can carry (bytes).
_MAX_DROP = 8 * 1024 * 1024
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_WITH_QUEUE_ID = re.compile(r"(.*)\.Q([0-9A-F]{10,15})", re.DOTALL)


class Drop(Value, frozen=True):
    """The envelope of a submitted message; ``arrival`` in seconds since 1970."""

    sender: Address
    recipients: Annotated[tuple[Recipient, ...], Meta(min_length=1)]
    submitter: Submitter
    arrival: float
    body: Literal["", "7BIT", "8BITMIME"] = ""
    ret: Literal["", "FULL", "HDRS"] = ""
    envid: Address = ""
    trace: UserTrace = ""
    # Not begun here: sendmail -G.
    gateway: bool = False
    verp: VerpDelimiters = ""


class TooManyRecipients(Exception):
    """The envelope is larger than anybody behind us would take."""


class Damaged(Exception):
    """A file in the maildrop that nobody of us completed."""


class DropFile(NamedTuple):
    """An opened, verified file: its descriptor, the first ``size`` bytes of which are content."""

    descriptor: int
    size: int
    drop: Drop


def prepare(state: Path, warn: Callable[[str], None], *, restricted: bool = False) -> Path:
    """The maildrop below a state directory, made now, with a warning, if it is missing.

    ``restricted`` (submission_mode): its group may add to it, which only its owner can arrange.
    """
    directory = state / DIRECTORY
    if not directory.is_dir():
        try:
            directory.mkdir(exist_ok=True)
            directory.chmod(0o1730 if restricted else 0o700)
        except OSError as error:
            warn(f"missing directory {directory}: {error.strerror}")
        else:
            warn(f"creating missing directory {directory}")
    return directory


class DropWriter:
    """Writes one message into ``directory``; nothing is seen there before ``commit``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        flags = os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC
        self._descriptor = os.open(directory, flags, 0o600)
        # With submission_mode = restricted pickup is another user than postdrop, of one group.
        os.fchmod(self._descriptor, 0o640)
        self.size = 0

    def write(self, data: bytes) -> None:
        self._write_all(data)
        self.size += len(data)

    def head(self, length: int) -> bytes:
        """The first bytes of the content written so far."""
        return os.pread(self._descriptor, min(length, self.size), 0)

    def commit(self, drop: Drop, name: str = "") -> None:
        """Blocks until the message is on stable storage (fsync(2)) under ``name`` or its own.

        Raises TooManyRecipients, or OSError.
        """
        encoded = msgspec.msgpack.encode(drop)
        if len(encoded) > _MAX_DROP:
            raise TooManyRecipients
        footer = _FOOTER.pack(self.size, len(encoded), zlib.crc32(encoded), _MAGIC)
        self._write_all(encoded + footer)
        os.fsync(self._descriptor)
        # src_dir_fd makes Python use linkat(2) with AT_SYMLINK_FOLLOW.
        directory = os.open(self._directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.link(
                f"/proc/self/fd/{self._descriptor}",
                name or name_of(drop.arrival, self._descriptor),
                src_dir_fd=directory,
                dst_dir_fd=directory,
                follow_symlinks=True,
            )
        finally:
            os.close(directory)
        self._sync_name()

    def _sync_name(self) -> None:
        """Who may not list a directory cannot sync it; Linux's file systems bring a file's new
        name to the disk with the file (and see units/postdrop.socket.j2 for chattr)."""
        try:
            sync_directory(self._directory)
        except PermissionError:
            os.fsync(self._descriptor)

    def _write_all(self, data: bytes) -> None:
        """On a full disk write(2) takes a part, and fails only at the next call."""
        while data:
            data = data[os.write(self._descriptor, data) :]

    def close(self) -> None:
        os.close(self._descriptor)


def name_of(arrival: float, descriptor: int) -> str:
    """What a file is called: the older, the earlier in the order of names."""
    return f"{int(arrival * 1_000_000):013X}.{os.fstat(descriptor).st_ino}"


def sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, _DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def waiting(directory: Path) -> list[str]:
    """Names of the files that wait, oldest first."""
    return sorted(path.name for path in directory.iterdir() if not path.name.startswith("."))


def queue_id_of(name: str) -> QueueId | None:
    """The id that pickup gave to the message in a file of that name, if it did."""
    named = _WITH_QUEUE_ID.fullmatch(name)
    return named[2] if named else None


def id_of(name: str) -> str:
    """By which id people know the message in a file of that name; empty where it can be none."""
    given = queue_id_of(name)
    plain = given or name.replace(".", "")
    return plain if plain.isascii() and plain.isalnum() else ""


def name_before(name: str) -> str:
    """What the file was called before it got an id."""
    named = _WITH_QUEUE_ID.fullmatch(name)
    return named[1] if named else name


def give_queue_ids(directory: Path, ids: Mapping[str, QueueId]) -> list[str]:
    """Add the ids to the files' names, durably; the new names of those that are there.

    Raises OSError."""
    names = []
    for name, queue_id in ids.items():
        new = f"{name}.Q{queue_id}"
        with suppress(FileNotFoundError):
            (directory / name).rename(directory / new)
            names.append(new)
    sync_directory(directory)
    return names


def open_drop(directory: Path, name: str) -> DropFile:
    """Open and verify one file; raises Damaged, or OSError if it cannot be read."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(directory / name, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Damaged("a symbolic link") from None
        raise
    try:
        size, drop = _verify(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return DropFile(descriptor, size, drop)


def _verify(descriptor: int) -> tuple[int, Drop]:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Damaged("no regular file")
    length = status.st_size
    footer = os.pread(descriptor, _FOOTER.size, max(length - _FOOTER.size, 0))
    if len(footer) < _FOOTER.size:
        raise Damaged("shorter than a footer")
    size, encoded_length, checksum, magic = _FOOTER.unpack(footer)
    if magic != _MAGIC or size + encoded_length + _FOOTER.size != length:
        raise Damaged("no footer of ours")
    if encoded_length > _MAX_DROP:
        raise Damaged("an envelope beyond all limits")
    encoded = os.pread(descriptor, encoded_length, size)
    if zlib.crc32(encoded) != checksum:
        raise Damaged("wrong checksum")
    try:
        return size, msgspec.msgpack.decode(encoded, type=Drop)
    except msgspec.MsgspecError as error:
        raise Damaged(str(error)) from None


def pieces(file: DropFile, length: int) -> Iterator[bytes]:
    """The content, in pieces of at most ``length`` bytes."""
    position = 0
    while position < file.size:
        piece = os.pread(file.descriptor, min(length, file.size - position), position)
        if not piece:
            raise Damaged("the file became shorter")
        position += len(piece)
        yield piece
