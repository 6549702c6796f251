"""Who is next, on a clock of the test's own."""

from collections.abc import Iterable
from typing import Any

import pytest

from postroom.queue.qmgr.deliveries import Delivery
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.transport_queue import Group, Suspended
from unit.queue.qmgr.transports import transport


class Simulation:
    """One transport, deliveries that take as long as the test lets them, and a clock."""

    def __init__(self, **changes: Any) -> None:
        self.warnings: list[str] = []
        self.scheduler = Scheduler([transport(**changes)], 60.0, 1000, self.warnings.append)
        queue = self.scheduler.transport("smtp")
        assert queue is not None
        self.queue = queue
        self.now = 0.0
        self.running: list[Delivery] = []

    def add(self, message: str, *destinations: str, each: int = 1) -> list[Suspended]:
        groups = [
            Group(name, name, range(index * each, (index + 1) * each))
            for index, name in enumerate(destinations)
        ]
        return self.queue.add(message, groups, self.now)

    def start(self, most: int = 1_000_000) -> list[Delivery]:
        started = []
        while len(started) < most and (turn := self.scheduler.next(self.now)) is not None:
            started.append(turn[1])
        self.running += started
        return started

    def succeed(self, deliveries: Iterable[Delivery] | None = None) -> None:
        for delivery in list(self.running if deliveries is None else deliveries):
            self.running.remove(delivery)
            self.queue.succeeded(delivery, self.now)

    def fail(self, delivery: Delivery) -> list[Suspended]:
        self.running.remove(delivery)
        return self.queue.failed(delivery, "4.4.1", "Connection refused", self.now)


def names(deliveries: Iterable[Delivery]) -> list[str]:
    return [delivery.destination.name for delivery in deliveries]


def test_two_deliveries_first_then_slowly_more_up_to_the_limit() -> None:
    simulation = Simulation(
        destination_concurrency_limit=4,
        destination_concurrency_positive_feedback="1/concurrency",
    )
    for number in range(100):
        simulation.add(f"m{number}", "a")
    counts = []
    for _ in range(6):
        simulation.start()
        counts.append(len(simulation.running))
        simulation.succeed()
    assert counts == [2, 3, 3, 4, 4, 4]


def test_deliveries_shrink_when_the_destination_is_in_trouble() -> None:
    simulation = Simulation(
        initial_destination_concurrency=5, destination_concurrency_failed_cohort_limit=3
    )
    for number in range(100):
        simulation.add(f"m{number}", "a")
    first = simulation.start()
    assert len(first) == 5
    simulation.fail(first[0])
    simulation.fail(first[1])
    assert simulation.start() == []
    simulation.fail(first[2])
    assert simulation.start() == []
    simulation.succeed()
    assert len(simulation.start()) < 5


def test_destination_that_fails_a_whole_cohort_is_dead_and_comes_back() -> None:
    simulation = Simulation()
    for number in range(5):
        simulation.add(f"m{number}", "a")
    first, second = simulation.start()
    assert simulation.fail(first) == []
    suspended = simulation.fail(second)
    assert [one.message for one in suspended] == ["m2", "m3", "m4"]
    assert suspended[0][2:] == ("4.4.1", "Connection refused")
    assert [one.message for one in simulation.add("m5", "a", "b")] == ["m5"]
    assert names(simulation.start()) == ["b"]
    simulation.now = 60.0
    assert simulation.add("m6", "a") == []
    assert names(simulation.start()) == ["a"]


def test_flush_forgets_dead_destinations() -> None:
    simulation = Simulation(initial_destination_concurrency=1)
    simulation.add("m", "a")
    simulation.fail(simulation.start()[0])
    assert simulation.add("m1", "a")
    simulation.scheduler.forget_trouble()
    assert simulation.add("m2", "a") == []


def test_a_late_message_for_another_destination_does_not_wait_for_a_thousand() -> None:
    simulation = Simulation(process_limit=1)
    for number in range(1000):
        simulation.add(f"m{number}", "a")
    simulation.start()
    simulation.add("late", "b")
    simulation.succeed()
    assert simulation.start()[0].message == "late"


def test_a_busy_destination_gets_a_second_slot_only_if_nobody_else_waits() -> None:
    simulation = Simulation(process_limit=2)
    simulation.add("a1", "a")
    simulation.add("a2", "a")
    (first,) = simulation.start(1)
    assert first.destination.name == "a"
    simulation.add("b1", "b")
    assert names(simulation.start()) == ["b"]
    simulation.succeed([delivery for delivery in simulation.running if delivery is not first])
    assert names(simulation.start()) == ["a"]


def test_recipients_are_grouped_by_destination_within_the_limit() -> None:
    simulation = Simulation()
    simulation.add("m", *(f"d{number}" for number in range(10)), each=5)
    deliveries = simulation.start()
    assert sorted(names(deliveries)) == sorted(f"d{number}" for number in range(10))
    assert all(len(delivery.recipients) == 5 for delivery in deliveries)
    simulation.add("big", "e", each=120)
    simulation.start()
    simulation.succeed()
    simulation.start()
    sizes = [len(d.recipients) for d in simulation.running if d.message == "big"]
    assert sum(sizes) <= 120
    assert max(sizes) <= 50


def test_a_long_list_does_not_hold_up_one_message() -> None:
    simulation = Simulation(process_limit=10)
    simulation.add("list", *(f"d{number}" for number in range(10_000)))
    simulation.start()
    simulation.add("small", "elsewhere")
    waited = 0
    while not any(delivery.message == "small" for delivery in simulation.running):
        simulation.succeed(simulation.running[:1])
        simulation.start()
        waited += 1
    assert waited <= 2


def test_small_mail_does_not_hold_up_a_long_list() -> None:
    simulation = Simulation(process_limit=1)
    simulation.add("list", *(f"d{number}" for number in range(2000)))
    served = {"list": 0, "small": 0}
    for number in range(200):
        simulation.add(f"small {number}", f"s{number}")
        (delivery,) = simulation.start()
        served[delivery.message.partition(" ")[0]] += 1
        simulation.succeed()
    assert served["small"] == pytest.approx(200 / 6, abs=1)


def test_process_limit_holds_over_all_destinations() -> None:
    simulation = Simulation(process_limit=3)
    for number in range(10):
        simulation.add("m", f"d{number}")
    assert len(simulation.start()) == 3
    simulation.succeed(simulation.running[:1])
    assert len(simulation.start()) == 1


def test_rate_delay_spaces_deliveries_to_one_destination() -> None:
    simulation = Simulation(destination_rate_delay=5.0)
    for number in range(3):
        simulation.add(f"m{number}", "a")
    simulation.add("other", "b")
    assert names(simulation.start()) == ["a", "b"]
    simulation.succeed()
    assert simulation.start() == []
    assert simulation.scheduler.wake_time() == 5.0
    simulation.now = 5.0
    assert names(simulation.start()) == ["a"]


def test_transport_rate_delay_spaces_all_deliveries() -> None:
    simulation = Simulation(transport_rate_delay=2.0)
    simulation.add("m", "a", "b")
    assert len(simulation.start()) == 1
    simulation.succeed()
    assert simulation.start() == []
    assert simulation.scheduler.wake_time() == 2.0
    simulation.now = 2.0
    assert len(simulation.start()) == 1


def test_stopped_transport_gives_back_everything_for_a_while() -> None:
    simulation = Simulation(process_limit=1)
    simulation.add("m", "a", "b", "c")
    (running,) = simulation.start()
    suspended = simulation.queue.stop("4.3.0", "mail transport unavailable", simulation.now)
    simulation.succeed([running])
    assert sorted(one.recipients for one in suspended) == [(1,), (2,)]
    assert len(simulation.add("n", "d")) == 1
    simulation.now = 60.0
    assert simulation.add("n", "d") == []


def test_one_recipient_transports_count_concurrency_by_recipient() -> None:
    single = Simulation(destination_recipient_limit=1).queue
    assert single.destination_name("example.com", "joe@example.com") == "joe@example.com"
    assert Simulation().queue.destination_name("example.com", "joe@example.com") == "example.com"


def test_withdrawn_message_is_not_delivered() -> None:
    simulation = Simulation(process_limit=1)
    simulation.add("keep", "a")
    simulation.add("drop", "a", "b")
    entries = simulation.scheduler.withdraw("drop", simulation.now)
    assert sorted(entry.recipients for entry in entries) == [(0,), (1,)]
    assert [delivery.message for delivery in simulation.start()] == ["keep"]
    simulation.succeed()
    assert simulation.start() == []


def test_nothing_is_remembered_of_destinations_that_are_served() -> None:
    simulation = Simulation()
    for number in range(1000):
        simulation.add("m", f"d{number}")
        simulation.start()
        simulation.succeed()
    assert simulation.queue._destinations == {}


def test_bad_feedback_is_named_in_the_log_and_replaced_by_one() -> None:
    simulation = Simulation(destination_concurrency_positive_feedback="2")
    parameter = "smtp_destination_concurrency_positive_feedback"
    assert simulation.warnings == [f"{parameter}: ignoring malformed or unreasonable feedback: 2"]
    for number in range(20):
        simulation.add(f"m{number}", "a")
    first = simulation.start()
    assert len(first) == 2
    simulation.succeed(first[:1])
    assert len(simulation.start()) == 2
