"""Postfix's cleanup and ours, given the same messages."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import msgspec

from postroom.cleanup.settings import Settings
from postroom.contracts.cleanup import Queued, Submit
from postroom.lookup.trivial_rewrite.answers import Answers
from postroom.mail.envelope import Client, Envelope, Recipient, Submitter
from rewriting.postfix_daemons import Daemons
from unit.cleanup.peers import bench

ARRIVAL = 1_700_000_000
# cleanup_user.h: checks, copies, mappings and milters, as for mail from outside.
EXTERNAL = 2 | 16 | 32 | 64
# What each adds by its own clock.
MADE = re.compile(r"^((?:Resent-)?(?:Message-Id|Date)):.*", re.IGNORECASE)


class Sample(NamedTuple):
    """A message on its way in; ``local``: from one of our own users."""

    sender: str
    recipients: tuple[str, ...]
    header: tuple[str, ...]
    local: bool


class Outcome(NamedTuple):
    """What is in the queue then: recipients with what was written, sorted, and the header, where
    white space does not count nor what time it is."""

    sender: str
    recipients: tuple[tuple[str, str], ...]
    header: tuple[str, ...]


REFUSED = Outcome("refused", (), ())


def outcome(sender: str, recipients: Iterator[tuple[str, str]], header: str) -> Outcome:
    fields = re.split(r"\n(?![ \t])", header.rstrip("\n"))
    kept = [field for field in fields if field and not field.startswith("Received:")]
    made = [MADE.sub(r"\1:", field) for field in kept]
    return Outcome(
        sender, tuple(sorted(recipients)), tuple(re.sub(r"\s+", "", one) for one in made)
    )


class Theirs:
    def __init__(self, daemons: Daemons, running: ExitStack) -> None:
        # Where qmgr would hear of new mail; cleanup waits a second for what is not there.
        wake = daemons.directory / "public/qmgr"
        os.mkfifo(wake)
        running.enter_context(wake.open("r+b", buffering=0))
        daemons.start("trivial-rewrite", "private/rewrite")
        self._path = daemons.start("cleanup", "public/cleanup")
        self._queue = daemons.directory / "incoming"

    def taken(self, sample: Sample) -> Outcome:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self._path))
            _, _, _, queue_id, *_ = connection.recv(1000).decode().split("\0")
            connection.sendall(b"flags\0%d\0\0" % EXTERNAL + _records(sample))
            if connection.recv(1000).split(b"\0")[1] != b"0":
                return REFUSED
        file = self._queue / queue_id
        found = _outcome_in(file.read_bytes())
        file.unlink()
        return found


def _records(sample: Sample) -> bytes:
    context = "local" if sample.local else "remote"
    records = [("T", f"{ARRIVAL} 0"), ("A", f"rewrite_context={context}"), ("S", sample.sender)]
    for recipient in sample.recipients:
        records += [("O", recipient), ("R", recipient)]
    lines = "\n".join(("Received: by mail.example.com", *sample.header, "", "body")).split("\n")
    records += [("M", ""), *(("N", line) for line in lines), ("X", ""), ("E", "")]
    return b"".join(_record(kind, text.encode()) for kind, text in records)


def _record(kind: str, data: bytes) -> bytes:
    size, length = len(data), b""
    while size > 127:
        length += bytes((size & 127 | 128,))
        size >>= 7
    return kind.encode() + length + bytes((size,)) + data


def _parsed(data: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(data):
        kind, size, shift = chr(data[at]), 0, 0
        at += 1
        while data[at] & 128:
            size |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
        size |= data[at] << shift
        yield kind, data[at + 1 : at + 1 + size].decode()
        at += 1 + size


def _outcome_in(file: bytes) -> Outcome:
    records = list(_parsed(file))
    (sender,) = (text for kind, text in records if kind == "S")
    content = "".join(
        text + ("\n" if kind == "N" else "") for kind, text in records if kind in "NL"
    )
    return outcome(sender, _recipients(records), content.partition("\n\n")[0])


def _recipients(records: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    original = ""
    for kind, text in records:
        if kind == "O":
            original = text
        elif kind == "R":
            yield text, original


async def ours(settings: Settings, answers: Answers, samples: list[Sample]) -> list[Outcome]:
    found = []
    async with bench(**msgspec.structs.asdict(settings)) as here:
        here.rewrite = answers  # type: ignore[assignment]
        for number, sample in enumerate(samples):
            queue_id = f"{number + 1:013X}"
            content = "\r\n".join((*sample.header, "", "body", "")).replace("\n ", "\r\n ")
            answer = await here.client.ask(Submit(queue_id, _envelope(sample), content.encode()))
            found.append(
                _stored(*here.qmgr.stored[queue_id]) if answer == Queued(queue_id) else REFUSED
            )
    return found


def _envelope(sample: Sample) -> Envelope:
    to = tuple(map(Recipient, sample.recipients))
    if sample.local:
        submitter = Submitter(1000, "joe", "")
        return Envelope(sample.sender, to, ARRIVAL, submitter=submitter, rewrite_locally=True)
    return Envelope(sample.sender, to, ARRIVAL, Client("c.example", "192.0.2.1"))


def _stored(envelope: Envelope, content: bytes) -> Outcome:
    recipients = ((one.address, one.original or one.address) for one in envelope.recipients)
    header = content.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
    return outcome(envelope.sender, recipients, header)
