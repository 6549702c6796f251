"""Mail for one destination fills the active queue: the lines, and when, are Postfix 3.10's."""

from typing import Any

from postroom.queue.qmgr.clogging import Clogging
from postroom.queue.qmgr.transport_queue import Group
from unit.queue.qmgr.simulator import Simulator
from unit.queue.qmgr.test_stories import transport

ADVICE = [
    "please avoid flushing the whole queue when you have",
    "lots of deferred mail, that is bad for performance",
    "to turn off these warnings specify: qmgr_clog_warn_time = 0",
]


class Queue(Simulator):
    """A hundred messages may be active; ``others`` are, for other destinations."""

    def __init__(self, others: int = 0, interval: float = 300.0, **changes: Any) -> None:
        super().__init__(transport(**changes))
        self.lines: list[str] = []
        self.count = 0
        self.clogging = Clogging(100, interval, lambda: self.count + others, self.lines.append)

    def fill(self, messages: int, destination: str = "a") -> list[str]:
        """So many messages come in; what was said of it."""
        self.lines.clear()
        for _ in range(messages):
            self.count += 1
            self.send_each(f"m{self.count}", destination)
            self.run(self.now)
            self.clogging.look(self.queue, [Group(destination, destination, (0,))], self.now)
        return list(self.lines)


def test_a_fifth_of_what_may_be_active_is_enough() -> None:
    queue = Queue()
    queue.takes = lambda _: 1e9
    assert queue.fill(20) == []
    assert queue.fill(2) == [
        "mail for a is using up 21 of 21 active queue entries",
        "you may need to reduce smtp connect and helo timeouts",
        "so that Postfix quickly skips unavailable hosts",
        "you may need to increase the main.cf minimal_backoff_time and maximal_backoff_time",
        "so that Postfix wastes less time on undeliverable mail",
        "you may need to increase the master.cf smtp process limit",
        *ADVICE,
    ]


def test_other_mail_may_be_in_its_way() -> None:
    queue = Queue(others=60)
    queue.takes = lambda _: 1e9
    assert queue.fill(25) == [
        "mail for a is using up 21 of 81 active queue entries",
        "this may slow down other mail deliveries",
        "you may need a separate master.cf transport for a",
        *ADVICE,
    ]


def test_little_other_mail_is_not_worth_a_line() -> None:
    queue = Queue(others=2)
    queue.takes = lambda _: 1e9
    assert queue.fill(25)[:2] == [
        "mail for a is using up 21 of 23 active queue entries",
        "you may need a separate master.cf transport for a",
    ]


def test_a_concurrency_limit_that_is_reached_is_named() -> None:
    queue = Queue(destination_concurrency_limit=2)
    queue.takes = lambda _: 1e9
    parameter = "smtp_destination_concurrency_limit"
    assert queue.fill(25)[1] == f"you may need to increase the main.cf {parameter} from 2"


def test_each_destination_is_named_once_in_a_while() -> None:
    queue = Queue()
    queue.takes = lambda _: 1e9
    assert queue.fill(25)
    assert queue.fill(25) == []
    assert queue.fill(25, "b")
    queue.now = 300.0
    assert queue.fill(1)


def test_no_interval_means_no_warning() -> None:
    queue = Queue(interval=0.0)
    queue.takes = lambda _: 1e9
    assert queue.fill(50) == []
