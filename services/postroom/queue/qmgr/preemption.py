"""When one job makes room for another (qmgr(8), delivery slots; pure).

A job earns a slot for others with every ``cost`` deliveries of its own, and another job may go
first if it needs no more slots than this one has earned, or will. So whatever goes first makes
no list take longer than cost/(cost - 1) times its own time.
"""

from typing import NamedTuple

from postroom.queue.qmgr.deliveries import Job
from postroom.queue.qmgr.settings import Transport

# Below this, what is earned by what goes first would be worth as much as what it cost.
_LOWEST_COST = 2


class Preemption(NamedTuple):
    """The parameters ``<transport>_delivery_slot_…`` and ``…_minimum_delivery_slots``."""

    cost: int
    discount: int
    loan: int
    minimum: int

    @classmethod
    def of(cls, settings: Transport) -> "Preemption":
        """``cost`` 0 means that nobody goes first."""
        cost = settings.delivery_slot_cost
        return cls(
            max(cost, _LOWEST_COST) if cost else 0,
            settings.delivery_slot_discount,
            settings.delivery_slot_loan,
            settings.minimum_delivery_slots,
        )

    def room(self, job: Job) -> int:
        """How many deliveries the largest job may have that could go before this one."""
        if not self.cost:
            return 0
        total = (job.started + job.waiting) // self.cost
        return total - job.spent if total >= self.minimum else 0

    def affords(self, job: Job, needed: int) -> bool:
        """Whether so many slots may be spent now, with those that are lent.

        Whoever has not yet earned what was spent before gets no more on loan."""
        earned = job.started - job.spent * self.cost
        hundredths = needed * (100 - self.discount) - self.loan * 100
        return earned > 0 and earned * 100 >= hundredths * self.cost


def urgency(job: Job, now: float) -> float:
    """Time waited per slot needed: the highest goes first of those that may."""
    return (now - job.since + 1.0) / job.needed
