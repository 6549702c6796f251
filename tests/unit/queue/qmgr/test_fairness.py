"""Random queues: what must hold whatever comes, goes, takes long or fails."""

import random
from collections import Counter
from itertools import pairwise

import pytest

from unit.queue.qmgr.simulator import Simulator
from unit.queue.qmgr.test_stories import transport


def a_world(seed: int, **changes: float) -> Simulator:
    """Forty messages of all sizes for a dozen destinations, quick, slow and unreliable."""
    dice = random.Random(seed)
    settings = {
        "process_limit": dice.choice((1, 3, 20)),
        "destination_concurrency_limit": dice.choice((1, 2, 5, 20)),
        "destination_recipient_limit": dice.choice((2, 10, 50)),
        "destination_concurrency_positive_feedback": dice.choice(("1", "0.3", "1/concurrency")),
        "destination_concurrency_failed_cohort_limit": dice.choice((0, 1, 5)),
        "delivery_slot_cost": dice.choice((0, 2, 5)),
        "delivery_slot_loan": dice.choice((0, 3)),
    }
    world = Simulator(transport(**(settings | changes)))
    names = [f"d{number}" for number in range(dice.randrange(1, 13))]
    pace = {name: dice.choice((0.01, 1.0, 5.0)) for name in names}
    odds = {name: dice.choice((0.0, 0.0, 0.3, 1.0)) for name in names}
    world.takes = lambda name: pace[name] * dice.uniform(0.5, 2.0)
    world.fails = lambda name: dice.random() < odds[name]
    for number in range(40):
        chosen = dice.sample(names, dice.randrange(1, len(names) + 1))
        largest = dice.choice((1, 5, 100))
        recipients = {name: dice.randrange(1, largest + 1) for name in chosen}
        message = f"m{number}"
        world.at(dice.uniform(0, 20), lambda m=message, r=recipients: world.send(m, r))
    return world


SEEDS = pytest.mark.parametrize("seed", range(25))


@SEEDS
def test_every_recipient_is_tried_or_suspended_once(seed: int) -> None:
    world = a_world(seed)
    world.run()
    served = Counter((start.message, r) for start in world.starts for r in start.recipients)
    served.update((one.message, r) for one in world.suspended for r in one.recipients)
    assert set(served.values()) == {1}
    assert set(served) == world.recipients
    assert not world.waiting.total()
    assert not world.busy.total()


@SEEDS
def test_no_limit_is_passed(seed: int) -> None:
    world = a_world(seed, process_limit=7, destination_concurrency_limit=3)
    world.run()
    assert world.peaks.pop("all") <= 7
    assert max(world.peaks.values()) <= 3


@SEEDS
def test_no_agent_is_idle_while_something_may_be_delivered(seed: int) -> None:
    world = a_world(seed)

    def watch() -> None:
        if world.busy.total() == world.limit:
            return
        for name, waiting in world.waiting.items():
            assert not waiting or world.busy[name] >= world.windows.get(name, 1)

    world.watchers.append(watch)
    world.run()
    assert world.starts


@SEEDS
def test_a_busy_destination_gets_more_only_when_no_other_waits(seed: int) -> None:
    world = a_world(seed)
    world.run()
    assert world.unfair == []


@SEEDS
def test_rate_delays_are_kept_between_any_two_deliveries(seed: int) -> None:
    world = a_world(seed, destination_rate_delay=3.0)
    world.run()
    times: dict[str, list[float]] = {}
    for start in world.starts:
        times.setdefault(start.destination, []).append(start.time)
    pairs = [pair for each in times.values() for pair in pairwise(each)]
    assert all(later - earlier > 3.0 for earlier, later in pairs)
    assert {world.peaks[name] for name in times} == {1}


@SEEDS
def test_nobody_starves_though_new_mail_comes_faster_than_it_goes(seed: int) -> None:
    dice = random.Random(seed)
    world = Simulator(transport(process_limit=2, delivery_slot_cost=dice.choice((2, 5))))
    world.send_each("old", *(f"o{number}" for number in range(50)))
    for number in range(2000):
        name = f"n{number}"
        size = dice.choice((1, 1, 1, 4))
        to = [f"d{dice.randrange(20)}" for _ in range(size)]
        world.at(number / 5, lambda name=name, to=to: world.send_each(name, *to))
    world.run(until=400.0)
    assert len(world.times("old")) == 50


@SEEDS
def test_withdrawn_mail_is_not_delivered_and_the_rest_is(seed: int) -> None:
    world = a_world(seed)
    gone = {f"m{number}" for number in range(0, 40, 3)}
    world.at(10.0, lambda: [world.withdraw(message) for message in gone])
    world.run()
    assert not world.withdrawn & {(s.message, r) for s in world.starts for r in s.recipients}
    assert not world.waiting.total()
