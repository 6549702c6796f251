"""How many deliveries to one destination at once; the traces are those of Postfix 3.10's qmgr
with destination_concurrency_feedback_debug, for the same answers of the same host."""

import pytest

from postroom.queue.qmgr.feedback import BadFeedback, Concurrency, Feedback, Window


def rules(**changes: object) -> Concurrency:
    values: dict[str, object] = {
        "initial": 5,
        "limit": 20,
        "positive": Feedback(1.0),
        "negative": Feedback(1.0),
        "failed_cohorts": 3,
    }
    return Concurrency(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("feedback", "windows"),
    [
        ("1", [3, 4, 5, 6, 7]),
        ("1/concurrency", [2, 3, 3, 3, 4, 4, 4, 4, 5]),
        ("1 / 4", [2, 2, 2, 3, 3, 3, 3, 4]),
        ("0.4", [2, 3, 3, 3, 4, 4, 5]),
        ("0", [2, 2, 2]),
    ],
)
def test_good_answers_raise_the_limit_as_postfix_does(feedback: str, windows: list[int]) -> None:
    window = Window(rules(initial=2, positive=Feedback.parse(feedback)))
    for size in windows:
        window.succeeded("a", busy=window.size)
        assert window.size == size


@pytest.mark.parametrize(
    ("feedback", "windows"),
    [
        ("1", [3, 2, 1, 1, 0]),
        ("0.4", [4, 3, 3, 3, 2, 2, 1, 0]),
        ("0", [5] * 14 + [0]),
    ],
)
def test_bad_answers_lower_it_until_the_destination_is_dead(
    feedback: str, windows: list[int]
) -> None:
    window = Window(rules(negative=Feedback.parse(feedback)))
    for size in windows:
        dead = window.failed("a")
        assert (0 if dead else window.size) == size


def test_one_over_the_concurrency_takes_one_at_the_first_of_each_cohort() -> None:
    window = Window(rules(negative=Feedback.parse("1/concurrency"), failed_cohorts=2))
    sizes = []
    while not window.failed("a"):
        sizes.append(window.size)
    assert sizes == [4, 4, 4, 3, 3, 3, 2]


def test_no_cohort_limit_means_that_no_destination_is_ever_dead() -> None:
    window = Window(rules(failed_cohorts=0))
    assert not any(window.failed("a") for _ in range(100))
    assert window.size == 1


def test_a_good_answer_makes_the_failed_cohorts_forgotten() -> None:
    window = Window(rules(initial=1, failed_cohorts=2))
    for _ in range(10):
        assert not window.failed("a")
        window.succeeded("a", busy=1)


def test_the_limit_does_not_run_ahead_of_what_is_in_use() -> None:
    window = Window(rules(initial=2))
    for _ in range(10):
        window.succeeded("a", busy=1)
    assert window.size == 3


def test_every_step_is_told_in_postfix_words() -> None:
    lines: list[str] = []
    window = Window(rules(initial=2, positive=Feedback.parse("1/concurrency"), tell=lines.append))
    window.succeeded("[192.0.2.1]", busy=2)
    window.failed("[192.0.2.1]")
    assert lines == [
        "qmgr_queue_unthrottle: feedback 0.5",
        "qmgr_queue_unthrottle: queue [192.0.2.1]:"
        " limit 20 window 2 success 0.5 failure 0 fail_cohorts 0",
        "qmgr_queue_throttle: feedback 1",
        "qmgr_queue_throttle: queue [192.0.2.1]:"
        " limit 20 window 1 success 0 failure 1 fail_cohorts 0.5",
    ]


@pytest.mark.parametrize("limit", [1, 3, 20])
@pytest.mark.parametrize("feedback", ["1", "0.3", "1/concurrency", "1/sqrt_concurrency"])
def test_concurrency_never_passes_the_limit_nor_falls_below_one(limit: int, feedback: str) -> None:
    both = Feedback.parse(feedback)
    window = Window(Concurrency(2, limit, both, both, 0))
    for number in range(500):
        if number % 7 in (2, 3):
            window.failed("a")
        else:
            window.succeeded("a", window.size)
        assert 1 <= window.size <= limit


@pytest.mark.parametrize("text", ["", "x", "2", "-1", "1/0", "2/1", "1/recipients"])
def test_bad_feedback_is_refused(text: str) -> None:
    with pytest.raises(BadFeedback):
        Feedback.parse(text)


def test_a_quarter_may_be_written_as_a_quotient() -> None:
    assert Feedback.parse("1 / 4") == Feedback(0.25)
