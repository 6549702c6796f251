"""Several servers for one table: kept connections, the next server when one is away."""

import random
import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from postroom.tables.table import TableError

C = TypeVar("C")
R = TypeVar("R")


class Host(NamedTuple):
    """``place`` is a path for unix, a name or address for inet, all of it for a uri.

    ``port`` may be empty.
    """

    family: str
    place: str
    port: str = ""

    @classmethod
    def parse(cls, text: str) -> "Host":
        """``unix:/path``, ``inet:host:port``, ``host:port``, ``[v6]:port``, ``host`` or a URI."""
        if "://" in text:
            return cls("uri", text)
        family, colon, place = text.partition(":")
        if not colon or family not in ("inet", "unix"):
            family, place = "inet", text
        if family == "unix":
            return cls(family, place)
        if place.startswith("["):
            address, _, rest = place[1:].partition("]")
            return cls(family, address, rest.removeprefix(":"))
        host, _, port = place.partition(":")
        return cls(family, host, port)


class _Idle(NamedTuple, Generic[C]):
    connection: C
    since: float


class Driver(NamedTuple, Generic[C]):
    """How a kind of server is connected to; ``failures`` are what its library raises."""

    connect: Callable[[Host], C]
    close: Callable[[C], None]
    failures: tuple[type[Exception], ...]


class Hosts(Generic[C]):
    """Tries servers in random order, those on a unix socket first.

    One that failed is left alone for ``retry`` seconds, unless it is the only one; a
    connection that nobody used for ``idle`` seconds is closed.
    """

    def __init__(
        self, name: str, hosts: Iterable[str], driver: Driver[C], *, retry: float, idle: float
    ) -> None:
        self._name = name
        self._hosts = tuple(map(Host.parse, hosts))
        if not self._hosts:
            raise TableError(f"{name}: no hosts")
        self._driver = driver
        self._retry = retry
        self._lifetime = idle
        self._lock = threading.Lock()
        self._idle: dict[Host, list[_Idle[C]]] = {host: [] for host in self._hosts}
        self._away_until: dict[Host, float] = {}

    def run(self, work: Callable[[C], R]) -> R:
        """What ``work`` returns with a connection to the first server it works with."""
        reason = "all servers failed a short while ago"
        for host in self._order():
            try:
                return self._run_at(host, work)
            except self._driver.failures as error:
                reason = f"{host.place}: {' '.join(str(error).split())}"
                self._away_until[host] = time.monotonic() + self._retry
        raise TableError(f"{self._name}: {reason}")

    def _order(self) -> list[Host]:
        now = time.monotonic()
        alone = len(self._hosts) == 1
        there = [host for host in self._hosts if alone or self._away_until.get(host, now) <= now]
        return sorted(there, key=lambda host: (host.family != "unix", random.random()))  # noqa: S311

    def _run_at(self, host: Host, work: Callable[[C], R]) -> R:
        """A kept connection may have died unnoticed: then it is tried once more with a new one."""
        while (kept := self._take(host)) is not None:
            try:
                result = work(kept)
            except self._driver.failures:
                self._driver.close(kept)
                continue
            self._keep(host, kept)
            return result
        connection = self._driver.connect(host)
        try:
            result = work(connection)
        except BaseException:
            self._driver.close(connection)
            raise
        self._keep(host, connection)
        return result

    def _take(self, host: Host) -> C | None:
        now = time.monotonic()
        with self._lock:
            while self._idle[host]:
                kept = self._idle[host].pop()
                if now - kept.since <= self._lifetime:
                    return kept.connection
                self._driver.close(kept.connection)
        return None

    def _keep(self, host: Host, connection: C) -> None:
        with self._lock:
            self._idle[host].append(_Idle(connection, time.monotonic()))
