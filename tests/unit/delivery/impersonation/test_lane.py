"""Under load, deliveries wait a moment for each other, and not longer."""

import asyncio

from postroom.delivery.content import Content
from postroom.delivery.impersonation.lane import ENOUGH, GATHER_SECONDS, Lane, Order
from postroom.delivery.impersonation.tasks import Announce, Result

TASK = Announce(Result("2.0.0", "done"))


def order() -> Order:
    return Order(TASK, Content(0, data=b""))  # type: ignore[arg-type]


async def seconds_gathering(
    lane: Lane, begun_ago: float, orders: int, before: int = ENOUGH
) -> float:
    """While ``orders`` come in at once, some moments later."""
    loop = asyncio.get_running_loop()
    started = loop.time()

    def come() -> None:
        for _ in range(orders):
            lane.append(order())

    loop.call_later(GATHER_SECONDS / 10, come)
    await asyncio.wait_for(lane.gather(started - begun_ago, before), 10)
    return loop.time() - started


def test_a_batch_waits_for_others_but_not_longer_than_it_is_worth() -> None:
    assert asyncio.run(seconds_gathering(Lane(), 0.0, orders=1)) >= GATHER_SECONDS * 0.9
    assert asyncio.run(seconds_gathering(Lane(), GATHER_SECONDS, orders=1)) < GATHER_SECONDS


def test_when_enough_are_there_nobody_waits() -> None:
    lane = Lane()
    long = 5.0
    assert asyncio.run(seconds_gathering(lane, GATHER_SECONDS - long, ENOUGH)) < long
    assert len(lane.next_batch()) == ENOUGH
    assert asyncio.run(seconds_gathering(full(), GATHER_SECONDS - long, 0)) < long


def test_as_many_as_were_in_the_batch_before_are_enough() -> None:
    long = 5.0
    assert asyncio.run(seconds_gathering(Lane(), GATHER_SECONDS - long, 3, before=3)) < long
    assert asyncio.run(seconds_gathering(Lane(), 0.0, 2, before=3)) >= GATHER_SECONDS * 0.9


def full() -> Lane:
    async def filled() -> Lane:
        lane = Lane()
        for _ in range(ENOUGH):
            lane.append(order())
        return lane

    return asyncio.run(filled())
