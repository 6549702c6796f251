"""Let clients in, as many at a time as there may be commands."""

import asyncio
import logging
import socket

from postroom.lookup.spawn.command import Command
from postroom.systemd.activity import Activity

# Out of descriptors or processes: spinning would only make it worse.
_PAUSE = 0.2
# maxproc 0 in master.cf: what descriptors and processes there are.
_NO_LIMIT = 1_000_000
_log = logging.getLogger(__name__)


class Attendant:
    """Accepts on listening sockets and runs ``command`` for each client; None sends all away."""

    def __init__(self, command: Command | None, process_limit: int, activity: Activity) -> None:
        self._command = command
        self._activity = activity
        self._places = asyncio.Semaphore(process_limit or _NO_LIMIT)
        self._visits: set[asyncio.Task[None]] = set()

    async def stand(self, listener: socket.socket) -> None:
        """Let clients in until cancelled; asyncio's own servers would unlink systemd's socket."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as error:
                _log.warning("spawn: accept: %s", error.strerror)
                await asyncio.sleep(_PAUSE)
                continue
            with self._activity:
                await self._places.acquire()
            visit = asyncio.ensure_future(self._attend(client))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _attend(self, client: socket.socket) -> None:
        try:
            with self._activity, client:
                if self._command:
                    await self._command.run(client)
        finally:
            self._places.release()
