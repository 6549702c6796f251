"""Mail for a virtual mailbox waits for the admin; only a full one sends it back."""

import asyncio
import time
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.virtual.delivery import VirtualDelivery
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog
from unit.delivery.virtual.test_mailboxes import settings


class Worker:
    """Has the same result for everything, and keeps whom it was asked to be."""

    def __init__(self, code: str) -> None:
        self._code = code
        self.identities: list[Identity] = []

    async def perform(self, identity: Identity, _: Any, __: Content) -> Result:
        self.identities.append(identity)
        return Result(self._code, "said")


def deliver(worker: Worker, address: str) -> str:
    pool: Any = worker
    log = DeliveryLog(MemoryJournal())
    now = time.time()
    request = Deliver(
        "0123456789AB", "x.test", Envelope("s@z", (Recipient(address),), now), 3, now, now, b"x\r\n"
    )
    attempt = Attempt(request, Content(3, b"x\r\n"), log)
    asyncio.run(VirtualDelivery(settings(), pool, log)(attempt))
    (outcome,) = attempt.report().outcomes
    return outcome.code


@pytest.mark.parametrize(
    ("result", "code"),
    [("2.0.0", "2.0.0"), ("5.2.0", "4.2.0"), ("5.2.2", "5.2.2"), ("4.3.0", "4.3.0")],
)
def test_what_the_worker_says_decides(result: str, code: str) -> None:
    worker = Worker(result)
    assert deliver(worker, "a@x.test") == code
    assert worker.identities == [Identity(5001, 5000)]


def test_who_has_no_mailbox_is_refused_and_who_has_half_of_one_waits() -> None:
    assert deliver(Worker("2.0.0"), "nobody@x.test") == "5.1.1"
    assert deliver(Worker("2.0.0"), "e@x.test") == "4.3.5"
