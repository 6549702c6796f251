"""A probe of a virtual mailbox writes nothing."""

import asyncio
import time
from typing import Any

from memory_journal import MemoryJournal
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.virtual.delivery import VirtualDelivery
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog
from unit.delivery.virtual.test_mailboxes import settings


def test_a_probe_hears_what_the_tables_say() -> None:
    now = time.time()
    people = tuple(Recipient(address) for address in ("a@x.test", "b@y.test", "c@x.test"))
    envelope = Envelope("s@x.test", people, now, trace="verify")
    request = Deliver("0123456789AB", "x.test", envelope, 3, now, now, b"x\r\n")
    journal = MemoryJournal()
    log = DeliveryLog(journal)
    nobody_to_ask: Any = None
    attempt = Attempt(request, Content(3, b"x\r\n"), log)
    asyncio.run(VirtualDelivery(settings(), nobody_to_ask, log)(attempt))
    assert [line.partition("status=")[2] for line in journal.lines] == [
        "deliverable (delivers to maildir)",
        "deliverable (delivers to mailbox)",
        'undeliverable (unknown user: "c@x.test")',
    ]
