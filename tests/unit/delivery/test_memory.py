"""A delivery that a killed queue manager asked for is finished, and not made again for the next."""

import asyncio
import time

from postroom.contracts.delivery import Deliver, Report
from postroom.delivery.memory import MAX_REPORTS, Memory
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.status import Outcome

SENT = Report((Outcome(0, "2.0.0", "sent"),))
DEFERRED = Report((Outcome(0, "4.0.0", "later"),))


def request(queue_id: str = "0123456789AB", **envelope: str) -> Deliver:
    now = time.time()
    whole = Envelope("a@b.example", (Recipient("x@y.example"),), now, **envelope)  # type: ignore[arg-type]
    return Deliver(queue_id, "y.example", whole, 3, now, now, b"x\r\n")


class Agent:
    """Counts its deliveries, and ends one only when it may."""

    def __init__(self, report: Report) -> None:
        self.deliveries = 0
        self.may_end = asyncio.Event()
        self._report = report

    async def deliver(self) -> Report:
        self.deliveries += 1
        await self.may_end.wait()
        return self._report


def test_who_asks_while_it_is_under_way_gets_the_same_report() -> None:
    async def run() -> None:
        agent, memory = Agent(SENT), Memory()
        asked = [asyncio.ensure_future(memory.once(request(), agent.deliver)) for _ in range(2)]
        await asyncio.sleep(0)
        agent.may_end.set()
        assert await asyncio.gather(*asked) == [SENT, SENT]
        assert agent.deliveries == 1

    asyncio.run(run())


def asked_twice(report: Report, first: Deliver, second: Deliver) -> int:
    """How many deliveries come of it."""

    async def run() -> int:
        agent, memory = Agent(report), Memory()
        agent.may_end.set()
        assert await memory.once(first, agent.deliver) == report
        assert await memory.once(second, agent.deliver) == report
        return agent.deliveries

    return asyncio.run(run())


def test_what_was_delivered_is_not_delivered_again() -> None:
    assert asked_twice(SENT, request(), request()) == 1


def test_what_was_not_delivered_is_tried_again() -> None:
    assert asked_twice(DEFERRED, request(), request()) == 2


def test_another_message_for_the_same_recipient_is_another_delivery() -> None:
    assert asked_twice(SENT, request(), request("0123456789AC")) == 2


def test_a_probe_is_made_as_often_as_it_is_asked_for() -> None:
    assert asked_twice(SENT, request(trace="verify"), request(trace="verify")) == 2


def test_the_memory_is_bounded() -> None:
    async def run() -> int:
        agent, memory = Agent(SENT), Memory()
        agent.may_end.set()
        for number in (*range(MAX_REPORTS + 1), 0):
            await memory.once(request(f"{number:012X}"), agent.deliver)
        return agent.deliveries

    assert asyncio.run(run()) == MAX_REPORTS + 2
