"""Mail that came with the wish to be held (access(5) and header_checks(5), HOLD)."""

import asyncio
import time

from msgspec import structs

from postroom.queue.qmgr.aside import Aside
from postroom.spool.store import Spool
from postroom.spool.stored import StoredMessage
from postroom.systemd.activity import Activity


class Holding:
    """Puts messages into hold/. Whoever releases them there has the last word: the wish is not
    written down with them."""

    def __init__(self, spool: Spool, aside: Aside, activity: Activity) -> None:
        self._spool = spool
        self._aside = aside
        self._activity = activity
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a message is on its way there."""
        return bool(self._under_way)

    def hold(self, stored: StoredMessage) -> None:
        """Until it is there, the wish lies in the journal, and is found again after a crash."""
        task = asyncio.ensure_future(self._hold(stored))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _hold(self, stored: StoredMessage) -> None:
        envelope = structs.replace(stored.state.envelope, hold=False)
        state = structs.replace(stored.state, envelope=envelope)
        with self._activity:
            await self._aside.put(stored, state, time.time(), lambda: self._spool.hold)
