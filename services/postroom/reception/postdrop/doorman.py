"""Let callers in: each by its uid, each uid with a bounded number of messages under way."""

import asyncio
import logging
import socket
from collections import Counter
from contextlib import ExitStack, suppress

from postroom.contracts.postdrop import LET_IN
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
    """Hands each caller on ``listener`` to ``session``, until it is time to leave."""

    def __init__(self, session: Session, activity: Activity, listener: socket.socket) -> None:
        self._session = session
        self._activity = activity
        self._listener = listener
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._callers: Counter[int] = Counter()
        self._visits: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._loop = asyncio.get_running_loop()
        activity.when_leaving(self.leave)
        self._stand()

    def leave(self) -> None:
        """Whoever comes from now on finds our successor; whoever is in gets an answer."""
        self._leaving = True
        self._loop.remove_reader(self._listener.fileno())

    def _stand(self) -> None:
        """asyncio's own servers would unlink systemd's socket."""
        if not self._leaving:
            self._loop.add_reader(self._listener.fileno(), self._open)

    def _open(self) -> None:
        try:
            sock, _ = self._listener.accept()
            sock.setblocking(False)
        except BlockingIOError:
            return
        except OSError as error:
            _log.warning("postdrop: accept: %s", error.strerror)
            self._loop.remove_reader(self._listener.fileno())
            self._loop.call_later(_PAUSE, self._stand)
        else:
            self._let_in(sock)

    def _let_in(self, sock: socket.socket) -> None:
        """Counted at once: we must not leave between this and the visit's first step."""
        uid = peer_of(sock).uid
        if self._callers[uid] >= MAX_PER_USER + MAX_WAITING_PER_USER:
            sock.close()
            return
        visit = asyncio.ensure_future(self._receive(sock, uid))
        self._visits.add(visit)
        ending = ExitStack()
        ending.enter_context(self._activity)
        ending.enter_context(sock)
        self._callers[uid] += 1
        ending.callback(self._callers.subtract, (uid,))
        ending.callback(self._visits.discard, visit)
        visit.add_done_callback(lambda _: ending.close())

    async def _receive(self, sock: socket.socket, uid: int) -> None:
        async with self._turns.setdefault(uid, asyncio.Semaphore(MAX_PER_USER)):
            # Who only pokes is gone already.
            with suppress(OSError):
                sock.send(LET_IN)
            await self._serve(sock, uid)

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
