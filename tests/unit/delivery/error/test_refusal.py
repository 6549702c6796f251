"""error bounces and retry defers, whatever the reason in the nexthop says."""

import asyncio
import time

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.error.refusal import default_code, refuse
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.delivery import DeliveryLog


@pytest.mark.parametrize(
    ("service", "nexthop", "code", "status"),
    [
        ("error", "5.1.1 mailbox moved", "5.1.1", "bounced (mailbox moved)"),
        ("error", "mailbox moved", "5.0.0", "bounced (mailbox moved)"),
        ("error", "4.2.1 not now", "5.0.0", "bounced (not now)"),
        ("error", "2.0.0 ok", "5.0.0", "bounced (ok)"),
        ("retry", "mail system is down", "4.0.0", "deferred (mail system is down)"),
        ("retry", "5.4.4 no host", "4.0.0", "deferred (no host)"),
        ("myerror", "5.7.1 no", "5.7.1", "bounced (no)"),
    ],
)
def test_everybody_gets_the_reason(service: str, nexthop: str, code: str, status: str) -> None:
    now = time.time()
    envelope = Envelope("", (Recipient("b@y.example"), Recipient("c@y.example")), now)
    request = Deliver("0123456789AB", nexthop, envelope, 0, now, now, b"")
    journal = MemoryJournal()
    attempt = Attempt(request, Content(0, b""), DeliveryLog(journal))
    asyncio.run(refuse(default_code(service), attempt))
    assert [outcome.code for outcome in attempt.report().outcomes] == [code, code]
    *warnings, first, second = journal.lines
    assert warnings == warned_of(service, nexthop)
    assert first.startswith("0123456789AB: to=<b@y.example>, relay=none, delay=")
    assert second.endswith(f"dsn={code}, status={status}")


def warned_of(service: str, nexthop: str) -> list[str]:
    """A code of another class than the service's."""
    step, own = ("defer_append", "4") if service == "retry" else ("bounce_append", "5")
    code = nexthop.partition(" ")[0]
    other = code[0].isdigit() and code[0] != own
    return [f'warning: {step}: ignoring dsn code "{code}"'] if other else []


def test_a_probe_hears_the_reason_and_waits_for_nothing() -> None:
    now = time.time()
    envelope = Envelope("", (Recipient("b@y.example"),), now, trace="verify")
    request = Deliver("0123456789AB", "4.4.1 host is down", envelope, 0, now, now, b"")
    journal = MemoryJournal()
    asyncio.run(refuse("4.0.0", Attempt(request, Content(0, b""), DeliveryLog(journal))))
    assert journal.lines[0].endswith("dsn=4.4.1, status=undeliverable (host is down)")
