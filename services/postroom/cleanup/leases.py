"""Queue ids for our callers, leased from qmgr in blocks so that few messages wait for one."""

import asyncio

from postroom.contracts.qmgr import LeaseIds
from postroom.ipc.client import Client
from postroom.mail.queue_id import QueueIdRange

# qmgr is asked once per BLOCK ids; each caller gets SHARE of them at a time. Ids that are
# leased and never used cost nothing, they are numbers of microseconds.
BLOCK = 2048
SHARE = 32


class Leases:
    def __init__(self, qmgr: Client) -> None:
        self._qmgr = qmgr
        self._first = 0
        self._end = 0
        self._refilling = asyncio.Lock()

    async def share(self) -> QueueIdRange:
        """Ids for one caller and no other; raises Unavailable."""
        if self._first >= self._end:
            await self._refill()
        first = self._first
        count = min(SHARE, self._end - first)
        self._first += count
        return QueueIdRange(first, count)

    async def _refill(self) -> None:
        async with self._refilling:
            if self._first >= self._end:
                block = await self._qmgr.ask(LeaseIds(BLOCK))
                self._first, self._end = block.first, block.first + block.count
