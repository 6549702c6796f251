"""What was delivered of late: a queue manager that was killed may ask for it once more.

The agent finishes what the old one asked for; the new one, which finds the message in its spool
without a result, asks again, and gets the result without another delivery.
"""

import asyncio
from collections.abc import Awaitable, Callable

from postroom.contracts.delivery import Deliver, Report
from postroom.mail.envelope import Recipient
from postroom.mail.status import Fate

# qmgr is back in a second or two, and has no more deliveries under way with all its agents.
MAX_REPORTS = 2048

_Key = tuple[str, tuple[Recipient, ...]]


class Memory:
    """Makes each delivery once, as long as it succeeds for everybody; others may be repeated."""

    def __init__(self) -> None:
        self._under_way: dict[_Key, asyncio.Task[object]] = {}
        self._delivered: dict[_Key, Report] = {}

    async def once(self, request: Deliver, deliver: Callable[[], Awaitable[Report]]) -> Report:
        """The report of ``deliver``, made now or before."""
        key = request.queue_id, request.envelope.recipients
        while (earlier := self._under_way.get(key)) is not None:
            await asyncio.wait({earlier})
        known = self._delivered.get(key)
        if known is not None:
            return known
        task = asyncio.current_task()
        assert task is not None
        self._under_way[key] = task
        try:
            report = await deliver()
        finally:
            del self._under_way[key]
        if not request.envelope.is_probe and _all_served(request, report):
            self._keep(key, report)
        return report

    def _keep(self, key: _Key, report: Report) -> None:
        self._delivered[key] = report
        if len(self._delivered) > MAX_REPORTS:
            del self._delivered[next(iter(self._delivered))]


def _all_served(request: Deliver, report: Report) -> bool:
    served = sum(outcome.fate is Fate.SENT for outcome in report.outcomes)
    return served == len(request.envelope.recipients)
