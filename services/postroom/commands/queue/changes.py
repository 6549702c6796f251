"""What postsuper has done to the queue: its options, one after the other, and their counts.

In the maildrop messages can only be deleted, as in Postfix; postsuper does that itself.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import NamedTuple

from postroom.commands.queue import submitted
from postroom.commands.queue.ids import is_queue_id, our_queue_id
from postroom.commands.queue.keeper import keeper
from postroom.commands.queue.requeue import Requeuer, Terms
from postroom.contracts.queue_admin import MAX_NAMED, Action, Apply, ApplyToAll, Find, Queues
from postroom.contracts.showq import QueueName
from postroom.mail.queue_id import QueueId
from postroom.maillog.postsuper import PostsuperLog

MANAGED: Queues = (QueueName.ACTIVE, QueueName.DEFERRED, QueueName.HOLD)
EVERY_QUEUE: Queues = (QueueName.MAILDROP, *MANAGED)
_PIECE = 65_536


class Change(NamedTuple):
    """A thing that can be done to messages in ``queues``: what is said of each that is named,
    and of all together. Without an ``action`` it is to requeue them."""

    action: Action | None
    queues: Queues
    each: str
    total: str


_DELETE = Change(Action.DELETE, EVERY_QUEUE, "removed", "Deleted")
_EXPIRE = Change(Action.EXPIRE, MANAGED, "expired", "Force-expired")
_HOLD = Change(
    Action.HOLD, (QueueName.ACTIVE, QueueName.DEFERRED), "placed on hold", "Placed on hold"
)
_RELEASE = Change(Action.RELEASE, (QueueName.HOLD,), "released from hold", "Released from hold")
_REQUEUE = Change(None, MANAGED, "requeued", "Requeued")

# By option; -f is -e and -H.
CHANGES: dict[str, tuple[Change, ...]] = {
    "-d": (_DELETE,),
    "-e": (_EXPIRE,),
    "-f": (_EXPIRE, _RELEASE),
    "-h": (_HOLD,),
    "-H": (_RELEASE,),
    "-r": (_REQUEUE,),
}
# The order in which Postfix reports.
_TOTALS = (_REQUEUE, _DELETE, _EXPIRE, _HOLD, _RELEASE)


class Wish(NamedTuple):
    """An option with its value: a queue id, ``ALL``, or ``-`` for ids on the standard input."""

    changes: tuple[Change, ...]
    value: str


class Changer:
    """Asks whoever keeps the queue; what is done, and to how many, is said to ``log``."""

    def __init__(self, log: PostsuperLog, terms: Terms) -> None:
        self._log = log
        self._admin = keeper(log.warning)
        self._requeuer = Requeuer(self._admin, log, terms)
        self._counts: Counter[Change] = Counter()

    async def fulfil(self, wishes: Sequence[Wish], queues: Queues) -> None:
        """In their order, for mail in one of ``queues``; raises Unavailable."""
        try:
            for wish in wishes:
                for change in wish.changes:
                    self._counts[change] += 0
                if wish.value == "ALL":
                    await self._to_all(wish, queues)
                else:
                    for names in self._named(wish.value):
                        await self._to_some(wish, names, queues)
        finally:
            self._requeuer.close()
            self._admin.close()
        for change in _TOTALS:
            if change in self._counts:
                self._log.total(change.total, self._counts[change])

    async def _to_all(self, wish: Wish, queues: Queues) -> None:
        """The many are only counted, as in Postfix."""
        for change in wish.changes:
            within = _both(change.queues, queues)
            # What leaves the maildrop meanwhile is found in the queue.
            if QueueName.MAILDROP in within:
                self._counts[change] += len(submitted.delete())
            self._counts[change] += await self._to_all_queued(change, _both(MANAGED, within))

    async def _to_all_queued(self, change: Change, within: Queues) -> int:
        if not within:
            return 0
        if change.action is not None:
            return (await self._admin.ask(ApplyToAll(change.action, within))).count
        count = 0
        async for queue_ids in self._found(within):
            count += len(await self._requeuer.requeue(queue_ids, within))
        return count

    async def _to_some(self, wish: Wish, names: tuple[str, ...], queues: Queues) -> None:
        for change in wish.changes:
            within = _both(change.queues, queues)
            done = set(submitted.delete(names)) if QueueName.MAILDROP in within else set()
            done.update(await self._to_queued(change, names, _both(MANAGED, within)))
            for name in dict.fromkeys(names):
                if name in done:
                    self._log.done(name, change.each)
            self._counts[change] += len(done)

    async def _to_queued(
        self, change: Change, names: Iterable[str], within: Queues
    ) -> Sequence[QueueId]:
        """Those it was done to, of all that the queue manager could have."""
        queue_ids = tuple(found for name in names if (found := our_queue_id(name)))
        if not queue_ids or not within:
            return ()
        if change.action is None:
            return await self._requeuer.requeue(queue_ids, within)
        answer = await self._admin.ask(Apply(change.action, queue_ids, within))
        return answer.queue_ids

    async def _found(self, queues: Queues) -> AsyncIterator[tuple[QueueId, ...]]:
        """Everything that is in the queue now, in portions."""
        names: list[QueueId] = []
        while page := (await self._admin.ask(Find(queues, names[-1] if names else ""))).queue_ids:
            names += page
        for start in range(0, len(names), MAX_NAMED):
            yield tuple(names[start : start + MAX_NAMED])

    def _named(self, value: str) -> Iterator[tuple[str, ...]]:
        """Ids; what is none is warned of."""
        for words in _lines() if value == "-" else [[value]]:
            for word in words:
                if not is_queue_id(word):
                    self._log.invalid(word)
            names = [word for word in words if is_queue_id(word)]
            for start in range(0, len(names), MAX_NAMED):
                yield tuple(names[start : start + MAX_NAMED])


def _both(some: Queues, others: Queues) -> Queues:
    return tuple(queue for queue in some if queue in others)


def _lines() -> Iterator[list[str]]:
    """Lines of the standard input, as many at a time as have arrived."""
    rest = b""
    while data := os.read(0, _PIECE):
        *lines, rest = (rest + data).split(b"\n")
        yield [line.decode("utf-8", "replace") for line in lines]
    if rest:
        yield [rest.decode("utf-8", "replace")]
