"""What a disk holds after a crash: read by the mailer's own recovery, as its next start would."""

import asyncio
import os
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from crash.letters import Kind, letter, number_in
from postroom.mail.address import Extensions
from postroom.mail.envelope import Recipient
from postroom.maillog.pickup import PickupLog
from postroom.reception.login_senders import ANYBODY, LoginSenders
from postroom.reception.pickup.collector import Collector
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import OPEN_DIRECTORY, Damaged, open_drop, pieces, queue_id_of, waiting
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage
from postroom.systemd.journal import Priority

SPOOL, DROP, HOME = "postroom", "postroom-drop", "alice"
# How local names a file (delivery/mailbox/filing.py): for a message that comes again, again so.
_IN_MAILDIR = re.compile(r"\.Q([0-9A-F]+)R")
_KINDS = {kind.value: kind for kind in Kind}


class Silence:
    """Nobody reads what is said about a disk that lost power."""

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        pass


class Place(NamedTuple):
    """A letter's copy for one kind of recipient, under the queue id that tells copies apart."""

    number: int
    kind: Kind
    queue_id: str


class Remains:
    """``held`` is still to be delivered, ``filed`` was delivered to the Maildir. ``damaged`` tells
    of files that somebody may have been promised and that do not verify."""

    def __init__(self, mounted: Path) -> None:
        self.damaged: list[str] = []
        self.held: Counter[Place] = Counter()
        self.filed: Counter[Place] = Counter()
        asyncio.run(self._read_spool(mounted / SPOOL))
        self._read_maildrop(mounted / DROP / "maildrop")
        self._read_maildir(mounted / HOME / "Maildir")

    async def _read_spool(self, directory: Path) -> None:
        # It tells of what was being written at that moment, and promised to nobody.
        spool = Spool(directory, lambda _: None)
        messages = await spool.survivors()
        for queue in (spool.deferred, spool.hold):
            messages += await spool.load(queue, queue.queue_ids())
        for message in messages:
            self._read_message(message)
        await spool.close(spool.highest)

    def _read_message(self, message: StoredMessage) -> None:
        envelope = message.state.envelope
        left = [
            recipient
            for index, recipient in enumerate(envelope.recipients)
            if index not in message.done
        ]
        content = message.content().replace(b"\r\n", b"\n")
        self._hold(message.queue_id, content, left, report=not envelope.sender)

    def _read_maildrop(self, directory: Path) -> None:
        if not directory.is_dir():
            return
        collector = Collector(
            directory.with_name(OPEN_DIRECTORY),
            directory,
            PickupLog(Silence()),
            limit=0,
            submitters=Submitters(("static:anyone",)),
            senders=LoginSenders(ANYBODY, "<>", Extensions(""), print),
            myhostname="mail.example.org",
        )
        if reason := collector.collect().reason:
            self.damaged.append(f"open maildrop: {reason}")
        for name in waiting(directory):
            try:
                file = open_drop(directory, name)
            except Damaged as error:
                self.damaged.append(f"maildrop/{name}: {error}")
                continue
            content = b"".join(pieces(file, 65_536))
            os.close(file.descriptor)
            known_as = queue_id_of(name) or name
            self._hold(known_as, content, list(file.drop.recipients), report=False)

    def _hold(
        self, queue_id: str, content: bytes, recipients: list[Recipient], *, report: bool
    ) -> None:
        for recipient in recipients:
            kind = Kind.BOUNCED if report else _KINDS[recipient.address]
            self._count(self.held, queue_id, kind, content)

    def _read_maildir(self, directory: Path) -> None:
        for file in directory.glob("new/*"):
            content = file.read_bytes()
            report = content.startswith(b"Return-Path: <>")
            named = _IN_MAILDIR.search(file.name)
            queue_id = named[1] if named else file.name
            self._count(self.filed, queue_id, Kind.BOUNCED if report else Kind.LOCAL, content)

    def _count(self, where: Counter[Place], queue_id: str, kind: Kind, content: bytes) -> None:
        """A letter that is not whole does not count. A report has no more than its header."""
        number = number_in(content)
        if number is None:
            return
        body = letter(number).body().encode()
        if kind is Kind.BOUNCED or body in content:
            where[Place(number, kind, queue_id)] += 1
        else:
            self.damaged.append(f"{queue_id}: letter {number} is not whole")
