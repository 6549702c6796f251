"""Runs of the deferred queue: mail whose time has come becomes active."""

import asyncio
import time
from collections.abc import Callable, Sequence

from postroom.queue.qmgr.manager import Manager
from postroom.spool.stored import StoredMessage
from postroom.systemd.activity import Activity

_FOREVER = float("inf")
# So many files are read in one go of a thread, and become active together.
_PORTION = 20


class DeferredQueue:
    """``run_delay`` is how often to look while the service is up (main.cf: queue_run_delay).

    Nothing that waits becomes active while somebody else holds ``undisturbed``.
    """

    def __init__(self, manager: Manager, activity: Activity, run_delay: float) -> None:
        self._manager = manager
        self._activity = activity
        self._run_delay = run_delay
        self._running: asyncio.Task[None] | None = None
        self._again: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        # Nobody shall act on what he read while somebody else delivers the same message.
        self.undisturbed = asyncio.Lock()

    def run(self) -> None:
        """Make active what is due; a run in progress is followed by another."""
        self._start(self.run, time.time())

    def flush(self) -> None:
        """Make everything active, and forget what is known of dead destinations."""
        self._manager.scheduler.forget_trouble()
        self._start(self.flush, _FOREVER)

    async def flush_message(self, queue_id: str) -> None:
        """Make one message active, if it is there."""
        await self._activate([queue_id], _FOREVER)

    async def flush_site(self, site: str) -> None:
        """Make active what is for one domain, or for ``[host]``."""
        suffix = "@" + site.lower().rpartition("@")[2]
        spool = self._manager.spool
        for queue_ids in await self._due(_FOREVER):
            messages = await spool.load(spool.deferred, queue_ids, verify=False)
            wanted = [message.queue_id for message in messages if _is_for(message, suffix)]
            await self._activate(wanted, _FOREVER)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            self._running.cancel()

    def _start(self, again: Callable[[], None], until: float) -> None:
        if self._running is not None:
            self._again = again
            return
        self._running = asyncio.ensure_future(self._run(until))
        self._running.add_done_callback(self._ended)

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._running = None
        again, self._again = self._again, None
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(self._run_delay, self.run)
        if again is not None:
            again()

    async def _run(self, until: float) -> None:
        with self._activity:
            for queue_ids in await self._due(until):
                if self._activity.leaving:
                    return
                await self._activate(queue_ids, until)

    async def _activate(self, queue_ids: Sequence[str], until: float) -> None:
        """What is due by then; since it was listed it may have been tried and put off."""
        active, spool = self._manager.active, self._manager.spool
        await active.room_for_old_mail()
        async with self.undisturbed:
            waiting = [queue_id for queue_id in queue_ids if active.get(queue_id) is None]
            for message in await spool.load(spool.deferred, waiting):
                if message.due <= until and active.get(message.queue_id) is None:
                    self._manager.activate(message, waited=True, flush=until == _FOREVER)

    async def _due(self, until: float) -> list[list[str]]:
        """Portions of the messages that are due; none where that cannot be seen now."""
        try:
            due = await asyncio.to_thread(self._manager.spool.deferred.due, until)
        except OSError as error:
            self._manager.log.warning(f"deferred: cannot be read: {error.strerror}")
            return []
        names = [queue_id for _, queue_id in due]
        return [names[start : start + _PORTION] for start in range(0, len(names), _PORTION)]


def _is_for(message: StoredMessage, suffix: str) -> bool:
    recipients = message.state.envelope.recipients
    return any(recipient.address.lower().endswith(suffix) for recipient in recipients)
