"""When to look into the maildrop: on a call, and again while something had to stay there."""

import asyncio
from contextlib import suppress

from postroom.maillog.pickup import PickupLog
from postroom.reception.pickup.carrier import CannotNow, Carrier
from postroom.systemd.activity import Activity

FIRST_PAUSE = 1.0
# Postfix's pickup looks once a minute (master.cf, wakeup).
LONGEST_PAUSE = 60.0


class Rounds:
    """Runs the carrier, one round at a time; keeps the service up while something waits."""

    def __init__(self, carrier: Carrier, activity: Activity, log: PickupLog) -> None:
        self._carrier = carrier
        self._activity = activity
        self._log = log
        self._wanted = False
        self._called = asyncio.Event()
        activity.when_leaving(self._called.set)
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look soon; a call during a round makes another round follow it, without a pause."""
        self._wanted = True
        self._called.set()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._go_round())

    async def _go_round(self) -> None:
        with self._activity:
            pause = FIRST_PAUSE
            while self._wanted and not self._activity.leaving:
                self._wanted = False
                self._called.clear()
                try:
                    await self._carrier.empty_maildrop()
                except FileNotFoundError:
                    # The maildrop is gone; systemd makes it again at the next start.
                    self._activity.leave()
                except (CannotNow, OSError) as reason:
                    self._log.waiting(str(reason), pause)
                    self._wanted = True
                    await self._sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)

    async def _sleep(self, seconds: float) -> None:
        """New mail ends it: what one message waits for need not concern another."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._called.wait(), seconds)
