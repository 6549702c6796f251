"""Let callers in: each by its uid, each uid with a bounded number of messages under way."""

import asyncio
import logging
import socket
from collections import Counter

from postroom.ipc.peer import peer_of
from postroom.reception.postdrop.session import Session
from postroom.systemd.activity import Activity

# Enough for a burst of cron jobs at a time; the rest of one user's callers waits, in order.
MAX_PER_USER = 32
# Each that waits is a descriptor of ours; one user's must leave the most for the others.
MAX_WAITING_PER_USER = 1000
# Out of descriptors: spinning would only make it worse.
_PAUSE = 0.2
_log = logging.getLogger(__name__)


class Doorman:
    """Accepts on a listening socket and hands each caller to ``session``."""

    def __init__(self, session: Session, activity: Activity) -> None:
        self._session = session
        self._activity = activity
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._callers: Counter[int] = Counter()
        self._visits: set[asyncio.Task[None]] = set()

    async def stand(self, listener: socket.socket) -> None:
        """Let callers in until cancelled; asyncio's own servers would unlink systemd's socket."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, _ = await loop.sock_accept(listener)
            except OSError as error:
                _log.warning("postdrop: accept: %s", error.strerror)
                await asyncio.sleep(_PAUSE)
                continue
            visit = asyncio.ensure_future(self._let_in(sock))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _let_in(self, sock: socket.socket) -> None:
        uid = peer_of(sock).uid
        if self._callers[uid] >= MAX_PER_USER + MAX_WAITING_PER_USER:
            sock.close()
            return
        self._callers[uid] += 1
        try:
            with self._activity:
                async with self._turns.setdefault(uid, asyncio.Semaphore(MAX_PER_USER)):
                    await self._serve(sock, uid)
        finally:
            self._callers[uid] -= 1
            sock.close()

    async def _serve(self, sock: socket.socket, uid: int) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        try:
            await self._session.serve(reader, writer, uid)
            writer.close()
            await writer.wait_closed()
        except OSError:
            return  # The caller's socket fails, and so the caller has no answer.
        finally:
            writer.close()
