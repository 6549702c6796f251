"""A probe is told where a message would go; nothing is written, run or forwarded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from memory_journal import MemoryJournal
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Announce, Result, UnlessForwarded
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.filing import filing_of
from postroom.delivery.local.forward_file import unless_forwarded
from postroom.delivery.local.forwarding import Forwarding
from postroom.delivery.local.mailman import Mailman, Means
from postroom.delivery.local.parts import Part
from postroom.delivery.local.preferences import Preferences
from postroom.delivery.local.users import User
from postroom.delivery.turns import Turns
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog
from unit.delivery.local.household import settings

ALICE = User("alice", "/home/alice", "/bin/sh", Identity(1001, 1001))
COPY = Copy(0, Recipient("alice@here.test"), "s@x.test")


class OnlyForwardFiles:
    """A pool whose workers look for .forward files and refuse to do anything else."""

    def __init__(self) -> None:
        self._skill = unless_forwarded({Announce: lambda jobs: [job.task.result for job in jobs]})

    async def perform(self, _: Identity, task: Any, content: Content) -> Result:
        assert isinstance(task, UnlessForwarded)
        assert isinstance(task.otherwise, Announce)
        (result,) = self._skill([Job(task, content)])
        return result


def attempt() -> Attempt:
    now = time.time()
    envelope = Envelope("s@x.test", (COPY.recipient,), now, trace="verify")
    request = Deliver("0123456789AB", "here.test", envelope, 3, now, now, b"x\r\n")
    return Attempt(request, Content(3, b"x\r\n"), DeliveryLog(MemoryJournal()))


def probe(work: Callable[[Mailman], Awaitable[Part]], **changes: object) -> Result:
    pool: Any = OnlyForwardFiles()
    nobody_to_ask: Any = None

    rules = settings(**changes)
    means = Means(rules, pool, Turns(2), nobody_to_ask, Preferences(rules), filing_of(rules))

    async def run() -> Result:
        return (await work(Mailman(means, attempt()))).result

    return asyncio.run(run())


def test_a_mailbox_is_named_by_its_kind() -> None:
    assert probe(lambda m: m.to_mailbox(COPY, ALICE)).text == "delivers to mailbox"
    maildir = probe(lambda m: m.to_mailbox(COPY, ALICE), home_mailbox="Maildir/")
    assert maildir == Result("2.0.0", "delivers to maildir")
    command = probe(lambda m: m.to_mailbox(COPY, ALICE), mailbox_command="/usr/bin/procmail -t")
    assert command.text == "delivers to command: /usr/bin/procmail -t"


def test_a_forward_file_is_followed_and_none_leads_to_the_mailbox(tmp_path: Path) -> None:
    path = tmp_path / ".forward"
    assert probe(lambda m: m.to_mailbox(COPY, ALICE, [str(path)])).text == "delivers to mailbox"
    path.write_text("bob\n")
    path.chmod(0o600)
    assert probe(lambda m: m.to_mailbox(COPY, ALICE, [str(path)])).forward == "bob\n"


def test_files_and_commands_are_named() -> None:
    identity = ALICE.identity
    for path in ("/var/mail/shared", "/dev/null"):
        result = probe(partial(Mailman.to_file, copy=COPY, path=path, identity=identity))
        assert result.text == f"delivers to file: {path}"
    command = probe(lambda m: m.to_command(COPY, "cat >/tmp/x", identity, None))
    assert command.text == "delivers to command: cat >/tmp/x"


def test_those_who_would_get_a_message_of_their_own_are_told_of_by_name() -> None:
    nobody_to_ask: Any = None
    forwarding = Forwarding(nobody_to_ask, attempt(), delivered_to=True)
    for name in ("a@else.test", "b@else.test"):
        forwarding.add(COPY.to(name))
    sent = asyncio.run(forwarding.send())
    assert [(one.part.recipient.address, one.part.result.text) for one in sent] == [
        ("a@else.test", "forwards to a@else.test"),
        ("b@else.test", "forwards to b@else.test"),
    ]
