"""Answer the questions of contracts/verify and contracts/probed."""

import os
import time
from collections.abc import Callable
from typing import Any

from postroom.contracts.bounce import Tell, Unwanted
from postroom.contracts.verify import State, Verified, Verify
from postroom.ipc.contract import Question
from postroom.lookup.verify.cache import Cache
from postroom.lookup.verify.probes import Probes
from postroom.mail.status import Fate, Outcome

IN_PROGRESS = Verified(State.UNKNOWN, "Address verification in progress")
_STATES = {
    Fate.SENT: State.DELIVERABLE,
    Fate.BOUNCED: State.UNDELIVERABLE,
    Fate.DEFERRED: State.UNCERTAIN,
}
_BEST_FIRST = tuple(_STATES)


class Answers:
    def __init__(self, cache: Cache, probes: Probes, now: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self._probes = probes
        self._now = now

    async def verify(self, question: Question[Any], _: list[int]) -> Verified:
        assert isinstance(question, Verify)
        address, now = question.address.lower(), self._now()
        entry = self._cache.get(address, now)
        if entry is None or self._cache.is_stale(entry, now):
            await self._probes.send(address)
        return IN_PROGRESS if entry is None else entry.found

    async def learn(self, told: Question[Any], descriptors: list[int]) -> Unwanted:
        """qmgr expects an answer as of bounce(8); nobody is told of a probe."""
        assert isinstance(told, Tell)
        for descriptor in descriptors:
            os.close(descriptor)
        if not told.outcomes:
            return Unwanted()
        recipient = told.envelope.recipients[0]
        address = self._probes.end(told.queue_id, (recipient.original or recipient.address).lower())
        best = min(told.outcomes, key=_rank)
        self._cache.put(address, Verified(_STATES[best.fate], best.text), self._now())
        return Unwanted()


def _rank(outcome: Outcome) -> int:
    return _BEST_FIRST.index(outcome.fate)
