"""How many deliveries to one destination may run at once (SCHEDULER_README, concurrency)."""

import math
from typing import NamedTuple

# Sums of a third, thrice, are meant to reach one.
_EPSILON = 1e-9


class BadFeedback(ValueError):
    """Not of the form number, number/concurrency or number/sqrt_concurrency."""


class Feedback(NamedTuple):
    """How far one delivery moves the limit: ``amount``, over N to the power of ``exponent``."""

    amount: float
    exponent: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Feedback":
        """``1``, ``0.5``, ``1/concurrency`` or ``1/sqrt_concurrency`` (postconf(5)).

        Raises BadFeedback."""
        number, _, divisor = text.replace(" ", "").partition("/")
        exponents = {"": 0.0, "concurrency": 1.0, "sqrt_concurrency": 0.5}
        try:
            amount, exponent = float(number), exponents[divisor]
        except (ValueError, KeyError):
            raise BadFeedback(text) from None
        if not 0 <= amount <= 1:
            raise BadFeedback(text)
        return cls(amount, exponent)

    def at(self, concurrency: int) -> float:
        if not self.exponent:
            return self.amount
        return float(self.amount / math.pow(concurrency, self.exponent))


class Concurrency(NamedTuple):
    """The rules of one transport; ``limit`` 0 is none, ``failed_cohorts`` 0 is never dead."""

    initial: int
    limit: int
    positive: Feedback
    negative: Feedback
    failed_cohorts: int


class Window:
    """The limit of one destination at the moment."""

    __slots__ = ("_failed_cohorts", "_failure", "_rules", "_success", "size")

    def __init__(self, rules: Concurrency) -> None:
        self._rules = rules
        self._success = 0.0
        self._failure = 0.0
        self._failed_cohorts = 0.0
        self.size = max(1, min(rules.initial, rules.limit or rules.initial))

    def succeeded(self, busy: int) -> None:
        """A delivery ended without trouble reaching the destination; ``busy`` counts it."""
        rules = self._rules
        self._failed_cohorts = 0.0
        if rules.limit and self.size >= rules.limit:
            return
        # A window far above what is in use would make later negative feedback useless.
        if self.size >= busy + rules.initial:
            return
        self._success += rules.positive.at(self.size)
        while self._success >= 1 - _EPSILON:
            self.size += 1
            self._success -= 1
            self._failure = 0.0
        if rules.limit:
            self.size = min(self.size, rules.limit)

    def failed(self) -> bool:
        """The destination could not be used; True if it now counts as dead."""
        rules = self._rules
        self._failed_cohorts += 1 / self.size
        if rules.failed_cohorts and self._failed_cohorts >= rules.failed_cohorts - _EPSILON:
            return True
        self._failure -= rules.negative.at(self.size)
        while self._failure < 0:
            self.size -= 1
            self._failure += 1
            self._success = 0.0
        self.size = max(1, self.size)
        return False
