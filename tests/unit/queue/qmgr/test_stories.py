"""What happens to whole queues, told on the simulator's clock."""

from typing import Any

import pytest

from postroom.queue.qmgr.settings import Transport
from unit.queue.qmgr import transports
from unit.queue.qmgr.simulator import Simulator


def transport(**changes: Any) -> Transport:
    """With the feedback that main.cf has by default."""
    ours = {"destination_concurrency_positive_feedback": "1/concurrency"}
    return transports.transport(**(ours | changes))


def a_list(length: int) -> list[str]:
    return [f"d{number}" for number in range(length)]


class TestOneDestination:
    def test_connections_become_one_more_per_second_where_each_delivery_takes_one(self) -> None:
        world = Simulator(transport(destination_concurrency_limit=6))
        for number in range(100):
            world.send_each(f"m{number}", "a")
        counts = []
        for second in range(8):
            world.run(until=second + 0.5)
            counts.append(world.busy["a"])
        assert counts == [2, 3, 4, 5, 6, 6, 6, 6]

    def test_with_feedback_1_they_double_as_with_postfix(self) -> None:
        world = Simulator(transport(destination_concurrency_positive_feedback="1"))
        for number in range(100):
            world.send_each(f"m{number}", "a")
        counts = []
        for second in range(6):
            world.run(until=second + 0.5)
            counts.append(world.busy["a"])
        assert counts == [2, 4, 8, 16, 20, 20]

    def test_a_host_that_refuses_is_left_alone_then_tried_again(self) -> None:
        world = Simulator(transport())
        world.fails = lambda _: world.now < 50.0
        for second in range(0, 100, 20):
            names = [f"m{second}-{number}" for number in range(4)]
            world.at(second, lambda names=names: [world.send_each(n, "a") for n in names])
        world.run()
        assert [start.time for start in world.starts] == [0, 0, 80, 80, 81, 81]
        assert len(world.suspended) == 2 + 3 * 4
        assert world.suspended[0].text == "refused"

    def test_a_host_that_limits_connections_is_pressed_no_harder_than_it_takes(self) -> None:
        settings = transport(
            destination_concurrency_positive_feedback="1/concurrency",
            destination_concurrency_negative_feedback="1/concurrency",
            destination_concurrency_failed_cohort_limit=10,
        )
        world = Simulator(settings)
        world.fails = lambda _: world.busy["a"] >= 5
        for number in range(500):
            world.send_each(f"m{number}", "a")
        world.run()
        assert not world.suspended
        assert 5 <= world.peaks["a"] <= 7

    def test_a_rate_delay_begins_when_a_delivery_ends(self) -> None:
        world = Simulator(transport(destination_rate_delay=2.0))
        for number in range(4):
            world.send_each(f"m{number}", "a")
        world.run()
        assert [start.time for start in world.starts] == [0.0, 3.0, 6.0, 9.0]

    def test_other_destinations_do_not_wait_for_a_rate_delay(self) -> None:
        world = Simulator(transport(destination_rate_delay=60.0))
        world.send_each("m", "a", "b")
        world.send_each("n", "a", "c")
        world.run()
        assert world.times("n") == [0.0, 61.0]


class TestManyDestinations:
    def test_a_thousand_for_one_do_not_hold_up_one_for_another(self) -> None:
        world = Simulator(transport(process_limit=1))
        for number in range(1000):
            world.send_each(f"a{number}", "a")
        world.at(5.5, lambda: world.send_each("b", "b"))
        world.run()
        assert world.times("b") == [6.0]

    def test_the_second_slot_goes_to_whoever_has_none(self) -> None:
        world = Simulator(transport(process_limit=2))
        world.takes = lambda name: 10.0 if name == "a" else 1.0
        for number in range(3):
            world.send_each(f"a{number}", "a")
            world.send_each(f"b{number}", "b")
        world.run()
        assert world.order()[:4] == ["a0", "b0", "b1", "b2"]
        assert [start.time for start in world.starts[4:]] == [3.0, 10.0]

    def test_turns_are_taken_by_lists_and_single_messages_alike(self) -> None:
        world = Simulator(transport(process_limit=1, delivery_slot_cost=0))
        world.send_each("a1", "a")
        world.send_each("a2", "a")
        world.send_each("list", *a_list(4))
        world.run()
        assert world.order() == ["a1", *["list"] * 4, "a2"]

    def test_a_host_that_answers_one_is_no_longer_dead_for_others(self) -> None:
        world = Simulator(transport(initial_destination_concurrency=3, process_limit=3))
        ends = iter((1.0, 2.0, 3.0, 1.0))
        world.takes = lambda _: next(ends)
        world.fails = lambda _: world.now < 3.0
        for number in range(3):
            world.send_each(f"m{number}", "a")
        world.at(4.0, lambda: world.send_each("late", "a"))
        world.run()
        assert "late" in world.order()

    def test_dead_hosts_do_not_hold_up_living_ones(self) -> None:
        world = Simulator(transport(process_limit=10))
        world.fails = lambda name: name.startswith("dead")
        world.takes = lambda name: 30.0 if name.startswith("dead") else 1.0
        for number in range(1000):
            world.send_each(f"m{number}", f"dead{number % 4}")
            world.send_each(f"n{number}", f"alive{number}")
        world.run()
        assert max(world.times(f"n{number}")[0] for number in range(1000)) < 300
        assert len({one.message for one in world.suspended}) > 900

    def test_a_transport_rate_delay_leaves_one_at_a_time(self) -> None:
        world = Simulator(transport(transport_rate_delay=2.0))
        world.send_each("m", *a_list(3))
        world.run()
        assert [start.time for start in world.starts] == [0.0, 3.0, 6.0]
        assert world.peaks["all"] == 1


class TestPreemption:
    """The sequences are those of Postfix 3.10's qmgr with one process: a list, and what comes
    when one of it was delivered."""

    @pytest.mark.parametrize(
        ("length", "small", "changes", "sequence"),
        [
            (60, (1, 1, 1), {}, "L1 A1 L5 B1 L5 C1 L49"),
            (60, (2, 2, 2), {}, "L1 A2 L10 B2 L10 C2 L39"),
            (60, (3, 3, 3), {}, "L1 A3 L15 B3 L15 C3 L29"),
            (100, (6, 6), {}, "L1 A6 L30 B6 L69"),
            (100, (4, 4, 4), {}, "L1 A4 L20 B4 L20 C4 L59"),
            (100, (6, 6), {"delivery_slot_loan": 0}, "L15 A6 L30 B6 L55"),
            (100, (6, 6), {"delivery_slot_discount": 0}, "L15 A6 L30 B6 L55"),
            (100, (6,), {"delivery_slot_loan": 0, "delivery_slot_discount": 0}, "L30 A6 L70"),
            (60, (1,), {"delivery_slot_cost": 0}, "L60 A1"),
            (14, (1,), {}, "L14 A1"),
            (40, (1, 1), {"delivery_slot_cost": 1}, "L1 A1 L2 B1 L37"),
        ],
    )
    def test_small_messages_go_before_the_rest_of_a_list(
        self, length: int, small: tuple[int, ...], changes: dict[str, int], sequence: str
    ) -> None:
        world = Simulator(transport(process_limit=1, **changes))
        world.send_each("L", *a_list(length))
        world.run(until=0.5)
        for name, size in zip("ABC", small, strict=False):
            world.send_each(name, *(f"{name}{number}" for number in range(size)))
        world.run()
        assert world.sequence() == sequence

    def test_one_message_waits_for_few_deliveries_of_a_list_of_ten_thousand(self) -> None:
        world = Simulator(transport(process_limit=20))
        world.send_each("list", *a_list(10_000))
        world.run(until=100.5)
        world.send_each("small", "elsewhere")
        begun = len(world.starts)
        world.run()
        assert world.order().index("small") - begun < 5

    def test_so_does_one_for_a_destination_that_the_list_has_too(self) -> None:
        world = Simulator(transport(process_limit=20))
        world.send("list", {"a": 5000, **dict.fromkeys(a_list(1000), 1)})
        world.run(until=10.5)
        world.send_each("small", "a")
        begun = len(world.starts)
        world.run()
        assert world.order().index("small") - begun < 5

    def test_it_goes_before_its_own_destinations_part_of_the_list(self) -> None:
        world = Simulator(transport(process_limit=1))
        world.send("list", {"a": 5000})
        world.run(until=0.5)
        world.send_each("small", "a")
        world.run()
        assert world.sequence() == "list1 small1 list99"

    def test_a_list_takes_a_quarter_longer_at_most_however_much_small_mail_comes(self) -> None:
        world = Simulator(transport(process_limit=1))
        world.send_each("list", *a_list(400))
        for number in range(1000):
            world.at(number / 2, lambda number=number: world.send_each(f"s{number}", f"s{number}"))
        world.run()
        assert world.times("list")[-1] <= 400 * 1.25 + 5

    def test_what_went_first_lets_smaller_ones_go_first(self) -> None:
        world = Simulator(transport(process_limit=1))
        world.send_each("list", *a_list(1000))
        world.run(until=250.5)
        world.send_each("middle", *(f"m{number}" for number in range(60)))
        world.run(until=262.5)
        world.send_each("small", "s")
        world.run(until=280.0)
        assert "middle1 small1 middle" in world.sequence() or "small1 middle" in world.sequence()

    def test_of_those_that_may_go_first_it_is_whoever_waited_longest_per_delivery(self) -> None:
        world = Simulator(transport(process_limit=1, delivery_slot_loan=0))
        world.send_each("list", *a_list(200))
        world.send_each("four", *(f"f{number}" for number in range(4)))
        world.run(until=8.5)
        world.send_each("three", *(f"t{number}" for number in range(3)))
        world.run(until=60.0)
        assert world.sequence().split()[1] == "four4"
