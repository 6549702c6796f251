"""Where a user's mail goes, and with whose rights it is put there."""

import asyncio
import grp
import pwd
import time
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.config.expansion import ExpansionError
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.filing import filing_of
from postroom.delivery.local.mailman import Mailman, Means
from postroom.delivery.local.parts import Part
from postroom.delivery.local.preferences import Preferences
from postroom.delivery.local.users import User
from postroom.delivery.turns import Turns
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog
from unit.delivery.local.household import settings
from unit.delivery.local.test_probe import ALICE, COPY

ROOT = User("root", "/root", "/bin/sh", Identity(0, 0))
MAIL = grp.getgrnam("mail").gr_gid


class Pool:
    """Notes what it is to do, and says ``result``."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.asked: list[tuple[Identity, Any]] = []

    async def perform(self, identity: Identity, task: Any, _: Content) -> Result:
        self.asked.append((identity, task))
        return self.result


def attempt_for(recipient: Recipient, journal: MemoryJournal) -> Attempt:
    now = time.time()
    envelope = Envelope("s@x.test", (recipient,), now)
    request = Deliver("0123456789AB", "here.test", envelope, 3, now, now, b"x\r\n")
    return Attempt(request, Content(3, b"x\r\n"), DeliveryLog(journal))


def carry(
    user: User, result: Result, journal: MemoryJournal, **changes: object
) -> tuple[Identity, Any]:
    """Who does what for a message to ``user``."""
    pool = Pool(result)
    ask(user, pool, journal, **changes)
    ((identity, task),) = pool.asked
    return identity, task


def ask(user: User, pool: Any, journal: MemoryJournal, paths: Any = (), **changes: object) -> Part:
    """A message to ``user``, whose .forward file could be one of ``paths``."""
    nobody_to_ask: Any = None
    rules = settings(**changes)
    means = Means(rules, pool, Turns(2), nobody_to_ask, Preferences(rules), filing_of(rules))
    mailman = Mailman(means, attempt_for(COPY.recipient, journal))
    return asyncio.run(mailman.to_mailbox(COPY, user, paths))


@pytest.mark.parametrize(
    ("user", "parameter", "path", "groups"),
    [
        (ALICE, {}, "/var/mail/alice", (MAIL,)),
        (ALICE, {"mail_spool_directory": "/var/mail/"}, "/var/mail/alice", ()),
        (ALICE, {"home_mailbox": "Maildir/"}, "/home/alice/Maildir", ()),
        (ALICE, {"home_mailbox": "mbox"}, "/home/alice/mbox", ()),
        (ROOT, {}, "/var/mail/root", (MAIL,)),
        (ROOT, {"home_mailbox": "Maildir/"}, "/root/Maildir", ()),
    ],
)
def test_the_group_mail_is_for_files_in_the_mail_spool_alone(
    user: User, parameter: dict[str, object], path: str, groups: tuple[int, ...]
) -> None:
    """What is in a user's own directory could be a link to where the group may write."""
    identity, task = carry(user, Result("2.0.0", "done"), MemoryJournal(), **parameter)
    assert (identity.uid, identity.groups, task.path) == (user.identity.uid, groups, path)


def test_a_worker_s_warning_stands_in_the_message_s_history() -> None:
    journal = MemoryJournal()
    carry(ALICE, Result("2.0.0", "done", warning="file x is odd"), journal)
    assert journal.records == [{"MESSAGE": "warning: file x is odd", "QUEUE_ID": "0123456789AB"}]


def test_root_s_mailbox_command_has_the_rights_of_default_privs() -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    command = {"mailbox_command": "/bin/cat"}
    identity, task = carry(ROOT, Result("2.0.0", "done"), MemoryJournal(), **command)
    assert (identity.uid, task.argv, task.environment["HOME"]) == (nobody, ("/bin/cat",), "/root")
    pool: Any = Pool(Result("2.0.0", "/root/.forward", "alice"))
    part = ask(ROOT, pool, MemoryJournal(), ("/root/.forward",), **command)
    assert (pool.asked[0][0].uid, len(pool.asked), part.result.forward) == (0, 1, "alice")
    pool = Pool(Result("2.0.0", ""))
    ask(ROOT, pool, MemoryJournal(), ("/root/.forward",), **command)
    assert [identity.uid for identity, _ in pool.asked] == [0, nobody]
    part = ask(ROOT, Pool(Result("2.0.0", "")), MemoryJournal(), default_privs="nosuch", **command)
    assert part.result.code == "4.3.5"


def test_a_command_s_directory_is_named_by_characters_that_are_allowed_there() -> None:
    _, task = carry(
        ALICE,
        Result("2.0.0", "done"),
        MemoryJournal(),
        mailbox_command="/bin/cat",
        command_execution_directory="$home/${extension:{none}}/$local",
        execution_directory_expansion_filter="/ace",
    )
    assert task.directory == "/___e/a__ce/none/a__ce"


def test_a_command_s_directory_is_named_from_the_root() -> None:
    """What a filter takes a slash from is not."""
    with pytest.raises(ExpansionError, match='"_home_alice" is no path from the root'):
        carry(
            ALICE,
            Result("2.0.0", "done"),
            MemoryJournal(),
            mailbox_command="/bin/cat",
            command_execution_directory="$home",
            execution_directory_expansion_filter="acehilmo",
        )


class SlowPool:
    """Never finishes, and knows how much it has been given."""

    def __init__(self) -> None:
        self.asked = 0

    async def perform(self, identity: Identity, task: Any, _: Content) -> Result:
        self.asked += 1
        await asyncio.Event().wait()
        return Result("2.0.0", "done")


def test_a_user_s_extensions_are_no_other_users() -> None:
    """Else whoever writes to bob+1, bob+2 and so on has as many of bob's commands started."""
    pool: Any = SlowPool()
    nobody_to_ask: Any = None
    rules = settings(mailbox_command="/bin/slow")
    means = Means(rules, pool, Turns(2), nobody_to_ask, Preferences(rules), filing_of(rules))

    async def run() -> None:
        deliveries = []
        for number in range(6):
            copy = Copy(0, Recipient(f"{'Alice' if number % 2 else 'alice'}+{number}@x.test"), "")
            mailman = Mailman(means, attempt_for(copy.recipient, MemoryJournal()))
            deliveries.append(asyncio.ensure_future(mailman.to_mailbox(copy, ALICE)))
        await asyncio.wait(deliveries, timeout=0.05)
        for delivery in deliveries:
            delivery.cancel()

    asyncio.run(run())
    assert pool.asked == 2


def test_the_root_is_no_other_place_than_the_root() -> None:
    filing = filing_of(settings())
    attempt = attempt_for(COPY.recipient, MemoryJournal())
    for path in ("/", "//"):
        assert filing.task(attempt, path, "s@x.test", COPY.recipient).path == "/"


def test_for_sun_mailtool_a_mailbox_is_locked_by_dotlock_alone() -> None:
    locks = {"mailbox_delivery_lock": ("fcntl", "dotlock")}
    assert filing_of(settings(**locks)).locking.styles == ("fcntl", "dotlock")
    for_mailtool = settings(**locks, sun_mailtool_compatibility=True)
    assert filing_of(for_mailtool).locking.styles == ("dotlock",)
