"""Accept clients on the inherited sockets, until it is time to leave."""

import asyncio
import socket
import time
from collections.abc import Coroutine
from typing import Any

from postroom.reception.smtpd.connection import Connection, connections_of
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.overload import Overload
from postroom.systemd.activity import Activity

# The kernel holds the rest; systemd's sockets have a backlog of their own, kept here.
BACKLOG = 4096


class Background:
    """Work that outlives the session it came from; held in ``activity``."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._do(coroutine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        with self._activity:
            await coroutine


class Listening:
    """All connections of one smtpd."""

    def __init__(self, desk: Desk, activity: Activity, stressed: Desk | None = None) -> None:
        """``stressed`` is at whose desk clients are served under overload."""
        settings = desk.settings
        self._desk = desk
        self._stressed = stressed or desk
        self._overload = Overload(
            settings.service_name, settings.process_limit, desk.log, time.monotonic
        )
        self._activity = activity
        self._connections: set[Connection] = set()
        self._servers: list[asyncio.Server] = []
        self._new_connection = connections_of(desk.settings.myhostname)

    async def accept(self, listeners: list[socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        for listener in listeners:
            server = await loop.create_server(self._connection, sock=listener, backlog=BACKLOG)
            self._servers.append(server)

    async def until_leaving(self) -> None:
        """Wait for the time to leave; then accept nobody, and let go whom we can."""
        while not self._activity.leaving:
            await self._activity.sleep(3600)
        self._close()
        for connection in tuple(self._connections):
            connection.shut_down()

    async def drain(self) -> None:
        """Accept nobody more, and see to the end whoever came at the last moment."""
        self._close()
        # A connection that the loop has accepted by now is made known in its next turns.
        await asyncio.sleep(0.01)
        await self._activity.idle(0.0)

    def _close(self) -> None:
        for server in self._servers:
            server.close()

    def _connection(self) -> Connection:
        is_stressed = self._overload.holds(len(self._connections))
        desk = self._stressed if is_stressed else self._desk
        return self._new_connection(desk, self._activity(), self._connections)
