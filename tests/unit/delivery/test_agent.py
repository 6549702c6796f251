"""Every request gets exactly one outcome per recipient, logged as Postfix logs it."""

import asyncio
import socket
import time
from pathlib import Path

from memory_journal import MemoryJournal
from postroom.contracts.delivery import CONTRACT, Deliver, Report
from postroom.delivery.agent import Agent, Deliverer
from postroom.delivery.attempt import Attempt
from postroom.ipc.client import Client
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope, Recipient, Trace
from postroom.mail.status import Outcome
from postroom.maillog.delivery import Delays, DeliveryLog
from postroom.systemd.activity import Activity


def _ask(
    tmp_path: Path, deliver: Deliverer, soft_bounce: bool = False, trace: Trace = ""
) -> tuple[Report, list[str]]:
    now = time.time()
    recipients = (Recipient("x@y.example"), Recipient("z@y.example"))
    envelope = Envelope("a@b.example", recipients, now, trace=trace)
    question = Deliver("0123456789AB", "y.example", envelope, 3, now, now, b"x\r\n")
    journal = MemoryJournal()

    async def run() -> Report:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "delivery"))
        listener.listen()
        agent = Agent(deliver, DeliveryLog(journal), soft_bounce)
        server = Server(listener, CONTRACT, agent.answerer_for, Activity())
        client = Client(str(tmp_path / "delivery"), CONTRACT)
        report = await client.ask(question)
        client.close()
        server.close()
        server.disconnect()
        listener.close()
        return report

    return asyncio.run(run()), journal.lines


def test_addresses_are_logged_with_the_quotes_they_need(tmp_path: Path) -> None:
    journal = MemoryJournal()
    recipient = Recipient("joe user@y.example", "O'Neill, joe@z.example")
    DeliveryLog(journal).outcome("ID", recipient, Outcome(0, "2.0.0", "ok"), Delays(0, 0, 0, 0))
    expected = """ID: to=<"joe user"@y.example>, orig_to=<"O'Neill, joe"@z.example>, """
    assert journal.lines[0].startswith(expected)


def test_each_recipient_is_reported_and_logged_once(tmp_path: Path) -> None:
    async def deliver(attempt: Attempt) -> None:
        attempt.settle(Outcome(1, "2.0.0", "ok", "mx[192.0.2.1]:25"), conn_use=3)
        attempt.settle(Outcome(1, "5.0.0", "a second word does not count"))
        attempt.settle_rest("4.4.1", "connect: refused\r\nX: injected")

    report, lines = _ask(tmp_path, deliver)
    assert [(one.recipient, one.code) for one in report.outcomes] == [(1, "2.0.0"), (0, "4.4.1")]
    assert lines[0].startswith("0123456789AB: to=<z@y.example>, relay=mx[192.0.2.1]:25, conn_use=3")
    assert lines[0].endswith("dsn=2.0.0, status=sent (ok)")
    assert lines[1].endswith("status=deferred (connect: refused??X: injected)")


def test_an_agent_that_fails_defers_whom_it_had_not_settled(tmp_path: Path) -> None:
    async def deliver(attempt: Attempt) -> None:
        attempt.settle(Outcome(0, "2.0.0", "ok"))
        raise RuntimeError("a mistake of ours")

    report, _ = _ask(tmp_path, deliver)
    assert [one.code for one in report.outcomes] == ["2.0.0", "4.3.0"]


def test_soft_bounce_turns_every_bounce_into_a_deferral(tmp_path: Path) -> None:
    async def deliver(attempt: Attempt) -> None:
        attempt.settle_rest("5.1.1", "unknown user")

    report, lines = _ask(tmp_path, deliver, soft_bounce=True)
    assert {one.code for one in report.outcomes} == {"4.1.1"}
    assert lines[0].endswith("dsn=4.1.1, status=SOFTBOUNCE (unknown user)")


def test_soft_bounce_leaves_a_deferral_as_it_is(tmp_path: Path) -> None:
    async def deliver(attempt: Attempt) -> None:
        attempt.settle_rest("4.4.1", "connect: refused")

    _, lines = _ask(tmp_path, deliver, soft_bounce=True)
    assert lines[0].endswith("dsn=4.4.1, status=deferred (connect: refused)")


def test_soft_bounce_softens_each_part_of_a_list_as_well(tmp_path: Path) -> None:
    member = Recipient("m@y.example", "x@y.example")

    async def deliver(attempt: Attempt) -> None:
        part = Outcome(0, "5.1.1", "unknown user", "local")
        attempt.log_part(member, part)
        attempt.record(part)
        attempt.settle_rest("2.0.0", "ok")

    report, lines = _ask(tmp_path, deliver, soft_bounce=True)
    assert lines[0].endswith("dsn=4.1.1, status=SOFTBOUNCE (unknown user)")
    assert [part.outcome.code for part in report.parts] == ["4.1.1"]
    assert sorted(outcome.code for outcome in report.outcomes) == ["2.0.0", "4.1.1"]


def test_soft_bounce_hides_nothing_from_a_probe(tmp_path: Path) -> None:
    async def deliver(attempt: Attempt) -> None:
        attempt.settle_rest("5.1.1", "unknown user")

    report, lines = _ask(tmp_path, deliver, soft_bounce=True, trace="verify")
    assert {one.code for one in report.outcomes} == {"5.1.1"}
    assert lines[0].endswith("dsn=5.1.1, status=undeliverable (unknown user)")


def test_a_probe_is_told_in_its_own_words_and_part_by_part(tmp_path: Path) -> None:
    member = Recipient("m@y.example", "x@y.example")

    async def deliver(attempt: Attempt) -> None:
        part = Outcome(0, "2.0.0", "delivers to mailbox", "local")
        attempt.log_part(member, part)
        attempt.record(part)
        attempt.settle_rest("4.4.1", "connect: refused")

    report, lines = _ask(tmp_path, deliver, trace="verify")
    assert lines[0].endswith("dsn=2.0.0, status=deliverable (delivers to mailbox)")
    assert lines[1].endswith("dsn=4.4.1, status=undeliverable (connect: refused)")
    assert [(part.recipient, part.outcome.recipient) for part in report.parts] == [(member, 0)]
    assert len(report.outcomes) == 2


def test_what_a_list_expanded_to_fits_a_report_however_long_it_is(tmp_path: Path) -> None:
    """A report beyond a frame would end all deliveries under way, and have them repeated."""
    outcome = Outcome(0, "2.0.0", "delivered " + "x" * 1000)

    async def deliver(attempt: Attempt) -> None:
        for number in range(9000):
            attempt.log_part(Recipient(f"{number}@y.example"), outcome)
        attempt.settle_rest("2.0.0", "ok")

    report, lines = _ask(tmp_path, deliver, trace="verbose")
    assert len(report.outcomes) == 2
    assert len(lines) > 9000
