"""The last moments of qmgr: new mail is taken until nothing under way can depend on that.

local and bounce hand mail to cleanup, and cleanup hands it to us, before they answer what we
asked them. Were the socket closed by then, they would wait for our successor, who waits for
our end, and we for them.
"""

import asyncio
from contextlib import suppress

from postroom.ipc.server import Server
from postroom.queue.qmgr.manager import Manager

# A remote host may take longer than this; what is left of the time to stop (seconds,
# systemd.service.GRACE_SECONDS) is for callers to finish.
PATIENCE = 15.0
_LOOK = 0.02


class Farewell:
    """``intake`` is the server that takes new mail; it must not leave by itself."""

    def __init__(self, manager: Manager, intake: Server) -> None:
        self._manager = manager
        self._intake = intake
        self._waiting: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """It is time to leave."""
        self._waiting = asyncio.ensure_future(self._leave_at_rest())

    async def _leave_at_rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._manager.busy:
                    await asyncio.sleep(_LOOK)
        self._intake.leave()
