"""Let callers in: each by its uid, each uid with a bounded number of messages under way."""

import asyncio
import socket
import struct

from postroom.reception.postdrop.session import Session
from postroom.systemd.activity import Activity

# Enough for a burst of cron jobs at a time; the rest of one user's callers waits, in order.
MAX_PER_USER = 32
_UCRED = struct.Struct("3i")


class Doorman:
    """Accepts on a listening socket and hands each caller to ``session``."""

    def __init__(self, session: Session, activity: Activity) -> None:
        self._session = session
        self._activity = activity
        self._turns: dict[int, asyncio.Semaphore] = {}

    async def open(self, listener: socket.socket) -> asyncio.Server:
        return await asyncio.start_unix_server(self._let_in, sock=listener)

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        uid = _uid_of(writer.get_extra_info("socket"))
        turns = self._turns.setdefault(uid, asyncio.Semaphore(MAX_PER_USER))
        with self._activity:
            try:
                async with turns:
                    await self._session.serve(reader, writer, uid)
            except ConnectionError:
                return
            finally:
                writer.close()


def _uid_of(sock: socket.socket) -> int:
    """unix(7), SO_PEERCRED: the caller's uid when it connected."""
    _, uid, _ = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    return int(uid)
