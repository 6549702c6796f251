"""postcat(1): show a queued message, by its file or by its queue id."""

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from getopt import GetoptError, getopt
from typing import NamedTuple, NoReturn

from postroom.commands.options import complaint
from postroom.commands.queue.ids import is_queue_id, our_queue_id
from postroom.commands.queue.keeper import keeper
from postroom.commands.queue.message import QueuedMessage
from postroom.commands.queue.records import (
    PIECE,
    Kind,
    Record,
    content_records,
    envelope_records,
    extracted_records,
)
from postroom.commands.served_directory import asked_for, go_by
from postroom.contracts.queue_admin import NotFound, Read
from postroom.ipc.contract import Unavailable
from postroom.mail.queue_id import QueueId
from postroom.spool.durably import write_all
from postroom.spool.record import Corrupt

USAGE = (
    "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)]"
    " [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]"
)


class View(NamedTuple):
    """What to show, and how: -b, -e, -h; -d, -o, -s and -v."""

    body: bool
    envelope: bool
    header: bool
    types: bool
    offsets: bool
    names: bool
    skip: int


def main() -> NoReturn:
    """-r changes nothing: our files have no pointers."""
    try:
        options, names = getopt(sys.argv[1:], "bc:dehnoqrs:v")
    except GetoptError as error:
        sys.stderr.write(f"postcat: {complaint(error)}\n")
        _fail(USAGE)
    view = _view({letter[1]: value for letter, value in options})
    if refusal := go_by(asked_for(options)):
        _fail(refusal)
    by_id = any(letter == "-q" for letter, _ in options)
    try:
        for message in _messages(names, by_id=by_id):
            _show(message, view)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    sys.exit(0)


def _view(letters: dict[str, str]) -> View:
    whole = not set("beh") & set(letters)
    body, envelope, header = (whole or letter in letters for letter in "beh")
    types, offsets, names = (letter in letters for letter in "dov")
    skip = letters.get("s", "0")
    if not skip.isdecimal():
        _fail(f"bad offset: {skip}")
    return View(body, envelope, header, types, offsets, names, int(skip))


def _messages(names: list[str], *, by_id: bool) -> Iterator[QueuedMessage]:
    """Those named; what is in a file and no message is warned of."""
    if by_id:
        yield from map(_queued, names)
        return
    for name in names or ["-"]:
        try:
            if name == "-":
                message = QueuedMessage.in_file("stdin", _standard_input())
            else:
                descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
                message = QueuedMessage.in_file(name, descriptor)
        except OSError as error:
            _fail(f"open {name}: {error.strerror}")
        except Corrupt:
            _warn(f"{name}: input is not a valid queue file")
            continue
        yield message


def _standard_input() -> int:
    """A file of it: what a pipe brings can be read but once, and not from the end."""
    if stat.S_ISREG(os.fstat(0).st_mode):
        return 0
    copy = os.memfd_create("stdin", os.MFD_CLOEXEC)
    while piece := os.read(0, PIECE):
        write_all(copy, piece)
    return copy


def _show(message: QueuedMessage, view: View) -> None:
    out = sys.stdout.buffer
    if view.envelope:
        out.write(f"*** ENVELOPE RECORDS {message.name} ***\n".encode())
    for record in _records(message, view):
        if record.offset >= view.skip:
            out.write(_line(record, view))
    if message.descriptor:
        os.close(message.descriptor)


def _records(message: QueuedMessage, view: View) -> Iterator[Record]:
    if view.envelope:
        yield from envelope_records(message)
        yield _mark(Kind.CONTENT, message, message.offset)
    if view.header or view.body:
        for in_header, record in content_records(message):
            if view.header if in_header else view.body:
                yield record
    if view.envelope:
        end = message.offset + message.size
        yield _mark(Kind.EXTRACTED, message, end)
        yield from extracted_records(message)
        yield _mark(Kind.END, message, end)


_MARKS = {
    Kind.CONTENT: "MESSAGE CONTENTS",
    Kind.EXTRACTED: "HEADER EXTRACTED",
    Kind.END: "MESSAGE FILE END",
}


def _mark(kind: Kind, message: QueuedMessage, offset: int) -> Record:
    return Record(kind, offset, f"*** {_MARKS[kind]} {message.name} ***".encode())


def _line(record: Record, view: View) -> bytes:
    prefix = ""
    if view.offsets:
        prefix += f"{record.offset:9} "
    if view.types:
        prefix += f"{record.kind:3} "
    if view.names and record.kind in (Kind.TEXT, Kind.CONTINUED):
        prefix += "regular_text: "
    bare = record.kind is Kind.CONTINUED and not prefix
    return prefix.encode() + record.data + (b"" if bare else b"\n")


def _queued(name: str) -> QueuedMessage:
    if not is_queue_id(name):
        _fail(f"bad mail queue ID: {name}")
    queue_id = our_queue_id(name)
    if queue_id is None:
        _fail(f"open queue file {name}: No such file or directory")
    try:
        return asyncio.run(_ask(queue_id))
    except Unavailable as error:
        _fail(f"the queue manager does not answer: {error}")


async def _ask(queue_id: QueueId) -> QueuedMessage:
    client = keeper(_warn)
    try:
        answer, descriptors = await client.ask_with_descriptors(Read(queue_id))
    finally:
        client.close()
    if isinstance(answer, NotFound):
        _fail(f"open queue file {queue_id}: No such file or directory")
    (descriptor,) = descriptors
    return QueuedMessage.of(answer, descriptor)


def _warn(text: str) -> None:
    sys.stderr.write(f"postcat: warning: {text}\n")


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postcat: fatal: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
