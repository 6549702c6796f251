"""postcat(1): show a queued message, by its file or by its queue id."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NoReturn

from msgspec import ValidationError, convert

from postroom.commands.queue_questions import superuser
from postroom.commands.queued_message import QueuedMessage, envelope_lines, recipient_lines
from postroom.contracts.queue_admin import NotFound, Read
from postroom.esmtp.local_form import local_form
from postroom.ipc.contract import Unavailable
from postroom.mail.queue_id import QueueId
from postroom.spool.queue_file import CONTENT_OFFSET, read_contents
from postroom.spool.record import Corrupt

USAGE = (
    "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)]"
    " [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]"
)
_PIECE = 65_536


def main() -> NoReturn:
    try:
        options, names = getopt(sys.argv[1:], "bc:dehnoqrs:v")
    except GetoptError:
        _fail(USAGE)
    letters = {option[1] for option, _ in options}
    parts = letters & set("beh") or set("beh")
    if not names:
        _fail("no queue id" if "q" in letters else "a queue file cannot be read from a pipe")
    try:
        for name in names:
            _show(_queued(name) if "q" in letters else _from_file(name), parts)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    sys.exit(0)


def _show(message: QueuedMessage, parts: set[str]) -> None:
    if "e" in parts:
        _print(f"*** ENVELOPE RECORDS {message.name} ***", *envelope_lines(message))
        _print(f"*** MESSAGE CONTENTS {message.name} ***")
    if parts & set("bh"):
        _print_content(message, header="h" in parts, body="b" in parts)
    if "e" in parts:
        _print(f"*** HEADER EXTRACTED {message.name} ***", *recipient_lines(message))
        _print(f"*** MESSAGE FILE END {message.name} ***")
    os.close(message.descriptor)


def _print_content(message: QueuedMessage, *, header: bool, body: bool) -> None:
    sys.stdout.flush()
    for in_header, data in split_header(local_form(message.pieces(_PIECE))):
        if header if in_header else body:
            sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def split_header(pieces: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Pieces with whether they are header; the empty line behind it counts as body."""
    in_header, last = True, b"\n"
    for piece in pieces:
        end = (last + piece).find(b"\n\n") if in_header else 0
        if end < 0:
            yield True, piece
            last = piece[-1:]
        else:
            if in_header:
                yield True, piece[:end]
            in_header = False
            yield False, piece[end:]


def _queued(name: str) -> QueuedMessage:
    try:
        queue_id = convert(name, QueueId)
    except ValidationError:
        _fail(f"bad mail queue ID: {name}")
    try:
        return asyncio.run(_ask(queue_id))
    except Unavailable as error:
        _fail(f"the queue manager does not answer: {error}")


async def _ask(queue_id: QueueId) -> QueuedMessage:
    client = superuser()
    try:
        answer, descriptors = await client.ask_with_descriptors(Read(queue_id))
    finally:
        client.close()
    if isinstance(answer, NotFound):
        _fail(f"open queue file {queue_id}: No such file or directory")
    (descriptor,) = descriptors
    reasons = tuple(recipient.delay_reason for recipient in answer.entry.recipients)
    name = f"{answer.entry.queue.value}/{queue_id}"
    return QueuedMessage(name, answer.envelope, reasons, descriptor, answer.offset, answer.size)


def _from_file(name: str) -> QueuedMessage:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        contents = read_contents(descriptor, int(convert(Path(name).name, QueueId), 16))
    except OSError as error:
        _fail(f"open {name}: {error.strerror}")
    except (Corrupt, ValidationError):
        _fail(f"{name}: input is not a valid queue file")
    state = contents.state
    return QueuedMessage(
        name, state.envelope, state.reasons, descriptor, CONTENT_OFFSET, contents.size
    )


def _print(*lines: str) -> None:
    for line in lines:
        print(line)


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postcat: fatal: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
