"""What an agent found can be told in other words, and tried again or not; not more than that."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom.contracts import proxymap
from postroom.contracts.delivery import Deliver
from postroom.delivery.agent import Agent
from postroom.delivery.attempt import Attempt
from postroom.delivery.status_filter import StatusFilter
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.status import Outcome
from postroom.maillog.delivery import DeliveryLog
from postroom.maillog.record import MailLog
from postroom.systemd.activity import Activity
from postroom.tables import Maps, proxied


def revised(table: str, code: str, text: str) -> tuple[str, str, list[str]]:
    journal = MemoryJournal()
    status_filter = StatusFilter(Maps((table,)), MailLog(journal))
    outcome = asyncio.run(status_filter.revised(Outcome(0, code, text)))
    return outcome.code, outcome.text, journal.lines


@pytest.mark.parametrize(
    ("result", "code", "text"),
    [
        ("5.7.5 no certificate", "5.7.5", "no certificate"),
        ("4.7.4 wait", "4.7.4", "wait"),
        ("2.0.0 never mind", "4.7.5", "untrusted"),
        ("5.7.5", "4.7.5", "untrusted"),
        ("go away", "4.7.5", "untrusted"),
    ],
)
def test_a_failure_stays_a_failure_of_one_kind_or_the_other(
    result: str, code: str, text: str
) -> None:
    table = f"regexp:{{ {{/^4.7.5 untrusted$/ {result}}} }}"
    assert revised(table, "4.7.5", "untrusted")[:2] == (code, text)
    assert revised(table, "4.7.5", "other")[:2] == ("4.7.5", "other")


def test_what_is_delivered_is_delivered() -> None:
    table = "regexp:{ {/^2.0.0 ok$/ 5.0.0 no} {/^2.0.0 fine$/ 2.1.5 as you say} }"
    code, text, lines = revised(table, "2.0.0", "ok")
    assert (code, text) == ("2.0.0", "ok")
    assert lines == ["warning: delivery status filter: 2.0.0 cannot become 5.0.0"]
    assert revised(table, "2.0.0", "fine")[:2] == ("2.1.5", "as you say")


def test_nothing_is_given_up_while_the_table_is_away() -> None:
    code, text, lines = revised("fail:it", "5.1.1", "no such user")
    assert (code, text) == ("4.1.1", "no such user")
    assert len(lines) == 1


def test_a_table_that_does_not_answer_holds_up_no_other_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are under way at a time, and the table speaks of the first when the second is over."""
    place = str(tmp_path / "proxymap")
    monkeypatch.setattr(proxied, "socket_path", lambda _: place)
    journal = MemoryJournal()

    async def story() -> list[str]:
        over = asyncio.Event()

        async def answer(question: object, _: list[int]) -> proxymap.Found:
            assert isinstance(question, proxymap.Lookup)
            await (over.wait() if "first" in question.key else asyncio.sleep(0))
            return proxymap.Found("4.7.0 later, perhaps")

        listener = listening(place)
        server = Server(listener, proxymap.CONTRACT, lambda _: answer, Activity())
        agent = Agent(bounce, DeliveryLog(journal), False, ("tcp:filter:9999",))
        ask = agent.answerer_for(None)
        first = asyncio.create_task(ask(request("first"), []))
        async with asyncio.timeout(10):
            second = await ask(request("second"), [])
            assert not first.done()
            over.set()
            reports = [await first, second]
        server.close()
        server.disconnect()
        await asyncio.sleep(0.01)  # the agent notices
        listener.close()
        return [one.outcomes[0].text for one in reports]

    assert asyncio.run(story()) == ["later, perhaps"] * 2
    assert [line.split(":")[0] for line in journal.lines] == ["000000000002", "000000000001"]


async def bounce(attempt: Attempt) -> None:
    (recipient,) = attempt.request.envelope.recipients
    attempt.settle_rest("5.1.1", f"no {recipient.address}")


def request(whom: str) -> Deliver:
    now = time.time()
    envelope = Envelope("a@b.example", (Recipient(f"{whom}@y.example"),), now)
    queue_id = f"{['first', 'second'].index(whom) + 1:012d}"
    return Deliver(queue_id, "y.example", envelope, 3, now, now, b"x\r\n")


def listening(place: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    return listener
