#!/usr/bin/env python3
"""Record what a spool looks like on the disk, to be read by every later version.

Run it before the format changes, with the format's number: ``record.py 3.0`` makes
``version-3.0/``. What is made is never made again: it is what the program of its day wrote.

    1.0   the first
    1.1   the first record of a batch in the journal says so
    1.2   a batch fills its last page
    1.3   an envelope knows its expansion, its name, its content filter, and whether it is held
    1.4   an envelope knows its VERP delimiters, a client its certificate and who wrote its mail
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from msgspec import structs

from postroom.mail.envelope import Client, Envelope, Notify, Recipient, Submitter
from postroom.mail.queue_id import format_queue_id
from postroom.spool.queue_file import State
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage

HERE = Path(__file__).parent
FIRST = 0x6553F10000000
NAMES = ("plain", "partly served", "served", "from a user", "waiting", "held", "large", "tried")
# What is not written to is cut off, so that the record stays small (bytes).
BLOCK = 4096


def queue_id(name: str) -> str:
    return format_queue_id(FIRST + NAMES.index(name))


def content(name: str) -> bytes:
    body = b"..\r\n" + b"x" * 70 + b"\r\n"
    return f"Subject: {name}\r\n\r\n".encode() + body * (300 if name == "large" else 3)


def envelope(name: str) -> Envelope:
    recipients = (
        Recipient(
            "one@example.com", "ONE@example.com", (Notify.SUCCESS,), "rfc822;ONE@example.com"
        ),
        Recipient("two@example.com"),
        Recipient("ünï@example.com", notify=(Notify.FAILURE, Notify.DELAY)),
    )
    client = Client("mx.example.org", "192.0.2.1", 1025, "helo", "ESMTPSA", "PLAIN", "u", "TLSv1.3")
    mail = Envelope(
        "sender@example.org", recipients, 1_700_000_000.5, client, body="7BIT", ret="HDRS"
    )
    if name == "from a user":
        user = Submitter(1000, "alice", "Alice")
        return structs.replace(mail, client=None, submitter=user, trace="verbose", envid="e1")
    return structs.replace(mail, body="8BITMIME", smtputf8=True)


def later(name: str) -> State:
    """What is known of a message after one recipient was served."""
    left = envelope(name).recipients[1:]
    return State(envelope(name).to(left), ("host unknown", ""), warned=True, expire=name == "held")


async def _add(spool: Spool, name: str) -> StoredMessage:
    stored: asyncio.Future[StoredMessage | None] = asyncio.get_running_loop().create_future()
    spool.add(queue_id(name), envelope(name), content(name), stored.set_result)
    message = await stored
    assert message is not None
    return message


async def _add_large(spool: Spool, name: str) -> None:
    incoming = spool.receive()
    with os.fdopen(incoming.take_writer(), "wb") as writer:
        writer.write(content(name))
    size = len(content(name))
    await spool.add_file(queue_id(name), envelope(name), incoming, size)
    incoming.close()


async def _live(directory: Path, recorded: Path) -> None:
    spool = Spool(directory, print)
    await _add(spool, "plain")
    (await _add(spool, "partly served")).recipients_done((0, 2))
    (await _add(spool, "served")).forget()
    await _add(spool, "from a user")
    await (await _add(spool, "waiting")).wait(spool.deferred, later("waiting"), 5000.0)
    await (await _add(spool, "held")).wait(spool.hold, later("held"), 6000.0)
    await (await _add(spool, "tried")).wait(spool.deferred, later("tried"), 7000.0)
    (tried,) = await spool.load(spool.deferred, [queue_id("tried")])
    tried.recipients_done((1,))
    await _add_large(spool, "large")
    await asyncio.sleep(0.5)
    shutil.copytree(directory, recorded)
    await spool.close(FIRST + len(NAMES))


def record(recorded: Path) -> None:
    """A spool as a crash leaves it."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_live(Path(directory), recorded))
    for segment in (recorded / "journal").glob("*.journal"):
        used = len(segment.read_bytes().rstrip(b"\0"))
        os.truncate(segment, used + -used % BLOCK)


if __name__ == "__main__":
    record(HERE / f"version-{sys.argv[1]}")
