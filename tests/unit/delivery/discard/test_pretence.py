"""discard says sent to everybody, with the reason in the log."""

import asyncio
import time

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.discard.pretence import pretend
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog


@pytest.mark.parametrize(
    ("nexthop", "code", "text"),
    [
        ("2.1.5 junk", "2.1.5", "junk"),
        ("y.example", "2.0.0", "y.example"),
        ("5.1.1 x", "2.0.0", "x"),
    ],
)
def test_everybody_is_served(nexthop: str, code: str, text: str) -> None:
    now = time.time()
    request = Deliver(
        "0123456789AB", nexthop, Envelope("", (Recipient("b@y"),), now), 0, now, now, b""
    )
    journal = MemoryJournal()
    attempt = Attempt(request, Content(0, b""), DeliveryLog(journal))
    asyncio.run(pretend(attempt))
    assert [outcome.code for outcome in attempt.report().outcomes] == [code]
    *warnings, line = journal.lines
    ignored = ['warning: sent: ignoring dsn code "5.1.1"'] if nexthop.startswith("5") else []
    assert warnings == ignored
    assert "relay=none, " in line
    assert line.endswith(f", dsn={code}, status=sent ({text})")
