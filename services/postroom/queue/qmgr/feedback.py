"""How many deliveries to one destination may run at once (SCHEDULER_README, concurrency)."""

import math
from collections.abc import Callable
from typing import NamedTuple

from postroom.queue.qmgr.settings import Transport

# What is as near to a whole as half the feedback counts as a whole, as in Postfix: sums of a
# third reach one, and feedback of 0.4 moves the limit at every second answer.
_NEAR = 0.5
# Sums of a third again, where a count is compared with a limit.
_EPSILON = 1e-9

# How the strength of one answer depends on the limit it meets.
_EXPONENTS = {"concurrency": 1.0, "sqrt_concurrency": 0.5}


class BadFeedback(ValueError):
    """Not of the form number, number/number, number/concurrency or number/sqrt_concurrency."""


class Feedback(NamedTuple):
    """How far one delivery moves the limit: ``amount``, over N to the power of ``exponent``."""

    amount: float
    exponent: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Feedback":
        """``1``, ``0.5``, ``1/4``, ``1/concurrency`` or ``1/sqrt_concurrency`` (postconf(5)).

        Raises BadFeedback."""
        number, _, divisor = text.replace(" ", "").partition("/")
        exponent = _EXPONENTS.get(divisor, 0.0)
        try:
            amount = float(number)
            if divisor and not exponent:
                amount /= float(divisor)
        except (ValueError, ZeroDivisionError):
            raise BadFeedback(text) from None
        if not 0 <= amount <= 1:
            raise BadFeedback(text)
        return cls(amount, exponent)

    def at(self, concurrency: int) -> float:
        """What one answer adds or takes while the limit is ``concurrency``."""
        if not self.exponent:
            return self.amount
        return float(self.amount / math.pow(concurrency, self.exponent))


class Concurrency(NamedTuple):
    """The rules of one transport; ``limit`` 0 is none, ``failed_cohorts`` 0 is never dead.

    ``tell`` gets a line for each step, if the superuser wants to watch
    (main.cf: destination_concurrency_feedback_debug)."""

    initial: int
    limit: int
    positive: Feedback
    negative: Feedback
    failed_cohorts: int
    tell: Callable[[str], None] | None = None

    @classmethod
    def of(
        cls,
        settings: Transport,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None,
    ) -> "Concurrency":
        """As the parameters say; feedback that means nothing is named and taken for 1."""

        def feedback(name: str, text: str) -> Feedback:
            parameter = f"{settings.name}_destination_concurrency_{name}_feedback"
            try:
                return Feedback.parse(text)
            except BadFeedback:
                warn(f"{parameter}: ignoring malformed or unreasonable feedback: {text}")
                return Feedback(1.0)

        # A delay between deliveries makes no sense with two of them at once.
        one_at_a_time = settings.destination_rate_delay > 0
        return cls(
            1 if one_at_a_time else settings.initial_destination_concurrency,
            1 if one_at_a_time else settings.destination_concurrency_limit,
            feedback("positive", settings.destination_concurrency_positive_feedback),
            feedback("negative", settings.destination_concurrency_negative_feedback),
            settings.destination_concurrency_failed_cohort_limit,
            tell,
        )


class Window:
    """The limit of one destination at the moment."""

    __slots__ = ("_failed_cohorts", "_failure", "_rules", "_success", "size")

    def __init__(self, rules: Concurrency) -> None:
        self._rules = rules
        self._success = 0.0
        self._failure = 0.0
        self._failed_cohorts = 0.0
        self.size = max(1, min(rules.initial, rules.limit or rules.initial))

    def succeeded(self, name: str, busy: int) -> None:
        """A delivery to ``name`` ended without trouble reaching it; ``busy`` counts it."""
        rules = self._rules
        self._failed_cohorts = 0.0
        # A window far above what is in use would make later negative feedback useless.
        if (not rules.limit or self.size < rules.limit) and self.size < busy + rules.initial:
            self._grow(rules)
        if rules.tell is not None:
            self._tell("qmgr_queue_unthrottle", name, rules)

    def failed(self, name: str) -> bool:
        """``name`` could not be reached; True if it now counts as dead."""
        rules = self._rules
        self._failed_cohorts += 1 / self.size
        dead = 0 < rules.failed_cohorts <= self._failed_cohorts + _EPSILON
        if not dead:
            self._shrink(rules)
        if rules.tell is not None:
            self._tell("qmgr_queue_throttle", name, rules, dead=dead)
        return dead

    def _grow(self, rules: Concurrency) -> None:
        """One more after 1/feedback good answers."""
        feedback = rules.positive.at(self.size)
        if rules.tell is not None:
            rules.tell(f"qmgr_queue_unthrottle: feedback {feedback:g}")
        self._success += feedback
        while self._success + feedback * _NEAR >= 1:
            self.size += 1
            self._success -= 1
            self._failure = 0.0
        if rules.limit:
            self.size = min(self.size, rules.limit)

    def _shrink(self, rules: Concurrency) -> None:
        """One less at the first of 1/feedback bad answers, so that it comes in time.

        With feedback 1 the first bad answer takes two, as in Postfix."""
        feedback = rules.negative.at(self.size)
        if rules.tell is not None:
            rules.tell(f"qmgr_queue_throttle: feedback {feedback:g}")
        self._failure -= feedback
        while self._failure - feedback * _NEAR < 0:
            self.size -= 1
            self._failure += 1
            self._success = 0.0
        self.size = max(1, self.size)

    def _tell(self, what: str, name: str, rules: Concurrency, *, dead: bool = False) -> None:
        """In the words of Postfix, for the tools that plot them."""
        assert rules.tell is not None
        rules.tell(
            f"{what}: queue {name}: limit {rules.limit} window {0 if dead else self.size}"
            f" success {self._success:g} failure {self._failure:g}"
            f" fail_cohorts {self._failed_cohorts:g}"
        )
