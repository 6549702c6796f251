"""Connections kept for the next message to the same destination, while mail for it comes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

from postroom.delivery.client.connection import Connection
from postroom.delivery.client.rules import Rules


class _Destination:
    """What is known of one nexthop: how many messages are on their way, and what is idle."""

    __slots__ = ("idle", "last_arrival", "previous_arrival", "timer", "under_way")

    def __init__(self) -> None:
        self.under_way = 0
        self.last_arrival = self.previous_arrival = float("-inf")
        self.idle: dict[Connection, float] = {}
        self.timer: asyncio.TimerHandle | None = None


class Pool:
    """Idle connections by nexthop (postconf(5): smtp_connection_cache_on_demand).

    A connection is kept if more mail for its nexthop is on its way, or came within the time
    that it would be kept; a lone message leaves none behind. Each idle one holds ``activity``.
    """

    def __init__(
        self, rules: Rules, activity: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._rules = rules
        self._activity = activity
        self._loop = asyncio.get_running_loop()
        self._destinations: dict[str, _Destination] = {}

    def enter(self, nexthop: str) -> None:
        """A message for ``nexthop`` is on its way, until ``leave``."""
        known = self._destinations.get(nexthop)
        if known is None:
            known = self._destinations[nexthop] = _Destination()
        known.previous_arrival, known.last_arrival = known.last_arrival, self._loop.time()
        known.under_way += 1

    def leave(self, nexthop: str) -> None:
        known = self._destinations[nexthop]
        known.under_way -= 1
        if known.under_way == 0:
            self._plan_sweep(nexthop, known)

    def take(self, nexthop: str) -> Connection | None:
        """An idle connection that may be used again, the one used last."""
        known = self._destinations[nexthop]
        while known.idle:
            connection, _ = known.idle.popitem()
            self._activity().__exit__(None, None, None)
            if self._reusable(connection):
                return connection
            self._dismiss(connection)
        return None

    def give_back(self, nexthop: str, connection: Connection) -> None:
        """The message is through; keep its connection or say goodbye."""
        known = self._destinations[nexthop]
        if not (self._worth_keeping(nexthop, known) and self._reusable(connection)):
            self._dismiss(connection)
            return
        self._activity().__enter__()
        known.idle[connection] = self._loop.time()
        connection.when_closed = lambda: self._lost(known, connection)
        self._plan_sweep(nexthop, known)

    def _worth_keeping(self, nexthop: str, known: _Destination) -> bool:
        rules = self._rules
        if nexthop in rules.connection_cache_destinations:
            return True
        interval = known.last_arrival - known.previous_arrival
        busy = known.under_way > 1 or interval < rules.connection_kept_for
        return rules.connection_cache_on_demand and busy

    def _reusable(self, connection: Connection) -> bool:
        rules = self._rules
        age = self._loop.time() - connection.established
        worn = 0 < rules.connection_reuse_count_limit < connection.uses
        fit = connection.usable and not connection.for_one_message
        return fit and age < rules.connection_reuse_time_limit and not worn

    def _dismiss(self, connection: Connection) -> None:
        connection.when_closed = None
        connection.quit(wait=not self._rules.skip_quit_response)

    def _lost(self, known: _Destination, connection: Connection) -> None:
        if known.idle.pop(connection, None) is not None:
            self._activity().__exit__(None, None, None)

    def _plan_sweep(self, nexthop: str, known: _Destination) -> None:
        if known.timer is None:
            delay = self._rules.connection_kept_for
            known.timer = self._loop.call_later(delay, self._sweep, nexthop, known)

    def _sweep(self, nexthop: str, known: _Destination) -> None:
        """Dismiss what was idle for too long, and forget a destination without traffic."""
        known.timer = None
        old = self._loop.time() - self._rules.connection_kept_for
        for connection in [one for one, since in known.idle.items() if since <= old]:
            self._lost(known, connection)
            self._dismiss(connection)
        if known.idle or known.last_arrival > old:
            self._plan_sweep(nexthop, known)
        elif known.under_way == 0:
            self._destinations.pop(nexthop, None)
