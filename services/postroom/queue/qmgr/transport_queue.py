"""What waits for one transport, and what is next: pre-emptive and fair, as told in qmgr(8).

SCHEDULER_README takes the first job of a list and gives its destinations turns; here the
destinations take turns first (``turns``), because mail for one of them must never wait for a
heap of mail for another, and pre-emption is what SCHEDULER_README says:

* The job whose delivery is next is the current one, and the only one that can be pre-empted.
* It lets another go first that needs no more slots than it has earned or will; among those the
  one that waited longest per slot; and when it has earned them, less what is lent (``preemption``).
* The other is then before all that wait, with everything it has, and can be pre-empted too.

What SCHEDULER_README finds by walking the job list is found at the heads of few rings, so the
time one delivery takes does not depend on how many wait.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple

from postroom.queue.qmgr.deliveries import Delivery, Destination, Job, Level
from postroom.queue.qmgr.feedback import Concurrency
from postroom.queue.qmgr.preemption import Preemption, urgency
from postroom.queue.qmgr.settings import Transport
from postroom.queue.qmgr.trouble import Trouble
from postroom.queue.qmgr.turns import FIRST, Turns, candidates, next_of, place_for

# More recipients than this do not go into one request, whatever the parameters say: the
# frames that carry it, and what a remote host said to each of them, are bounded.
MAX_PORTION = 250


class Group(NamedTuple):
    """Recipients of one message with the same ``destination``, a name for what has a limit of
    its own: the nexthop, or one recipient at it."""

    nexthop: str
    destination: str
    recipients: Sequence[int]


class Suspended(NamedTuple):
    """Recipients that are not to be tried now, and the status that says why."""

    message: Any
    recipients: tuple[int, ...]
    code: str
    text: str


class TransportQueue:
    """Times are monotonic seconds, given by the caller."""

    def __init__(
        self,
        settings: Transport,
        trouble: Trouble,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.name = settings.name
        self.best_mx_transport = settings.best_mx_transport
        self._trouble = trouble
        self._recipient_limit = settings.destination_recipient_limit
        self._portion = min(self._recipient_limit or MAX_PORTION, MAX_PORTION)
        self._process_limit = settings.process_limit
        self._rate_delay = settings.destination_rate_delay
        self._own_rate_delay = settings.transport_rate_delay
        self._rules = Concurrency.of(settings, warn, tell)
        self._preemption = Preemption.of(settings)
        self._busy = 0
        # Deliveries that wait, and the recipients of all that wait or are under way.
        self.waiting = 0
        self.recipients = 0
        self._not_before = 0.0
        self._jobs: dict[Any, Job] = {}
        self._destinations: dict[str, Destination] = {}
        self._turns = Turns()
        self._delayed: list[tuple[float, int, Destination]] = []
        self._serial = count()

    def destination_name(self, nexthop: str, recipient: str) -> str:
        """Where recipients are taken one at a time, each is a destination (postconf(5))."""
        if self._recipient_limit != 1:
            return nexthop
        return f"{recipient.rpartition('@')[0] or recipient}@{nexthop}"

    def add(self, message: Any, groups: Iterable[Group], now: float) -> list[Suspended]:
        """Take a message's recipients; gives back those whose destination is dead."""
        suspended: list[Suspended] = []
        alive = self._alive(message, groups, suspended, now) if self._trouble else groups
        job = self._job(message, now)
        added = [
            Delivery(job, self._destination(group), recipients)
            for group in alive
            for recipients in _portions(group.recipients, self._portion)
        ]
        if added:
            self._enlist(job, added, now)
        return suspended

    def expect(self, message: Any, unread: int) -> None:
        """So many more recipients of a message may follow, if it has any here: they count where
        it is asked how much a job needs."""
        job = self._jobs.get(message)
        if job is not None:
            job.unread = unread
            self._forget_done(job)

    def next(self, now: float) -> Delivery | None:
        """The next delivery there is room for; it counts as under way from now on."""
        if self._delayed:
            self._release_delayed(now)
        if not self._turns or (self._process_limit and self._busy >= self._process_limit):
            return None
        if self._own_rate_delay and (self._busy or now < self._not_before):
            return None
        level = self._turns.level()
        assert level is not None
        delivery = next_of(level)
        first = self._who_goes_first(delivery.job, level, now)
        if first is not None:
            delivery.job.spent += first.needed
            self._turns.promote(first)
            delivery = next_of(level)
        self._start(delivery, now)
        return delivery

    def succeeded(self, delivery: Delivery, now: float) -> None:
        """The destination could be used, whatever became of the recipients."""
        destination = delivery.destination
        destination.window.succeeded(destination.name, destination.busy)
        if self._trouble:
            self._trouble.destination_works(destination.name)
        self._finished(delivery, now)

    def failed(self, delivery: Delivery, code: str, text: str, now: float) -> list[Suspended]:
        """The destination could not be used; gives back what shall not be tried for a while."""
        destination = delivery.destination
        suspended = []
        if destination.window.failed(destination.name):
            self._trouble.destination_failed(destination.name, code, text, now)
            suspended = self._suspend(destination, code, text)
        self._finished(delivery, now)
        return suspended

    def stop(self, code: str, text: str, now: float) -> list[Suspended]:
        """The transport itself does not work; gives back all that waits for it."""
        self._trouble.transport_failed(code, text, now)
        suspended = []
        for destination in tuple(self._destinations.values()):
            suspended += self._suspend(destination, code, text)
            self._place(destination, now)
        return suspended

    def forget_trouble(self) -> None:
        """Try everything again (postqueue -f)."""
        self._trouble.forget()

    def withdraw(self, message: Any, now: float) -> list[Delivery]:
        """Take away what waits of one message."""
        job = self._jobs.pop(message, None)
        if job is None:
            return []
        withdrawn = [delivery for delivery in job.deliveries if self._turns.remove(delivery, now)]
        job.deliveries.clear()
        job.waiting = 0
        self.waiting -= len(withdrawn)
        for delivery in withdrawn:
            self.recipients -= len(delivery.recipients)
            self._forget_unused(delivery.destination, now)
        return withdrawn

    @property
    def messages(self) -> int:
        """About how many messages wait or are under way: a delivery counts as one."""
        return len(self._jobs) + self._busy

    @property
    def concurrency_limit(self) -> int:
        """How many deliveries to one destination there may be; 0 is no limit."""
        return self._rules.limit

    def goes_first(self, message: Any) -> bool:
        """Whether a message was let go before another."""
        job = self._jobs.get(message)
        return job is not None and job.place == FIRST

    def load(self, name: str) -> int:
        """How many deliveries to a destination wait or are under way."""
        destination = self._destinations.get(name)
        return 0 if destination is None else destination.busy + destination.waiting

    def at_limit(self, name: str) -> bool:
        """Whether a destination is given as many deliveries as the parameters allow."""
        destination = self._destinations.get(name)
        return destination is not None and destination.window.size == self._rules.limit

    def wake_time(self) -> float | None:
        """When something becomes possible by the passing of time alone."""
        if not self.waiting:
            return None
        if self._own_rate_delay and not self._busy and self._turns:
            return self._not_before
        return self._delayed[0][0] if self._delayed else None

    def _alive(
        self, message: Any, groups: Iterable[Group], suspended: list[Suspended], now: float
    ) -> list[Group]:
        """The groups that may be tried; the others are put on a list."""
        alive = []
        for group in groups:
            reason = self._trouble.reason(group.destination, now)
            if reason is None:
                alive.append(group)
            else:
                recipients = tuple(group.recipients)
                suspended.append(Suspended(message, recipients, reason.code, reason.text))
        return alive

    def _job(self, message: Any, now: float) -> Job:
        job = self._jobs.get(message)
        return Job(message, next(self._serial), now) if job is None else job

    def _destination(self, group: Group) -> Destination:
        destination = self._destinations.get(group.destination)
        if destination is None:
            destination = Destination(group.destination, group.nexthop, self._rules)
            self._destinations[group.destination] = destination
        return destination

    def _enlist(self, job: Job, added: list[Delivery], now: float) -> None:
        if not job.deliveries:
            job.place = place_for(len(added))
            self._jobs[job.message] = job
        job.deliveries += added
        job.waiting += len(added)
        self.waiting += len(added)
        for delivery in added:
            self.recipients += len(delivery.recipients)
            self._turns.add(delivery, now)

    def _who_goes_first(self, current: Job, level: Level, now: float) -> Job | None:
        """Who pre-empts the current job, if anybody."""
        room = self._preemption.room(current)
        if not room:
            return None
        fitting = [job for job in candidates(level) if job is not current and job.needed <= room]
        if not fitting:
            return None
        best = max(fitting, key=lambda job: urgency(job, now))
        return best if self._preemption.affords(current, best.needed) else None

    def _start(self, delivery: Delivery, now: float) -> None:
        job, destination = delivery.job, delivery.destination
        self._turns.withdraw(destination)
        destination.remove(delivery)
        destination.busy += 1
        self._busy += 1
        self._turns.place(destination, now)
        self.waiting -= 1
        job.started += 1
        job.waiting -= 1
        self._forget_done(job)

    def _forget_done(self, job: Job) -> None:
        if not job.needed:
            self._jobs.pop(job.message, None)
            # They know the job, too: freed when they are over, not by the garbage collector.
            job.deliveries.clear()

    def _suspend(self, destination: Destination, code: str, text: str) -> list[Suspended]:
        self._turns.withdraw(destination)
        deliveries = destination.take_all()
        self.waiting -= len(deliveries)
        for delivery in deliveries:
            job = delivery.job
            self.recipients -= len(delivery.recipients)
            job.waiting -= 1
            self._forget_done(job)
        return [Suspended(each.message, each.recipients, code, text) for each in deliveries]

    def _finished(self, delivery: Delivery, now: float) -> None:
        destination = delivery.destination
        destination.busy -= 1
        self.recipients -= len(delivery.recipients)
        self._busy -= 1
        self._not_before = now + self._own_rate_delay
        if self._rate_delay:
            destination.not_before = now + self._rate_delay
            delayed = (destination.not_before, next(self._serial), destination)
            heapq.heappush(self._delayed, delayed)
        self._place(destination, now)

    def _place(self, destination: Destination, now: float) -> None:
        self._turns.place(destination, now)
        self._forget_unused(destination, now)

    def _forget_unused(self, destination: Destination, now: float) -> None:
        unused = not destination.busy and not destination.queues
        if unused and destination.not_before <= now:
            self._destinations.pop(destination.name, None)

    def _release_delayed(self, now: float) -> None:
        while self._delayed and self._delayed[0][0] <= now:
            self._place(heapq.heappop(self._delayed)[2], now)


def _portions(recipients: Sequence[int], size: int) -> Iterable[tuple[int, ...]]:
    if len(recipients) <= size:
        yield tuple(recipients)
        return
    for start in range(0, len(recipients), size):
        yield tuple(recipients[start : start + size])
