"""Run a component: sockets from systemd, readiness, signals, and leaving when idle."""

import asyncio
import gc
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any

from sdnotify import SystemdNotifier
from systemd.daemon import listen_fds_with_names

from postroom.systemd.activity import Activity

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

# How long work under way may go on after SIGTERM; below systemd's TimeoutStopSec.
GRACE_SECONDS = 20.0
# Before a fatal exit, so that what fails at once fails slowly: systemd starts us again.
FATAL_PAUSE_SECONDS = 1.0


class Service:
    """What a component's ``main`` gets: its listening sockets by name, and its activity."""

    def __init__(self, listeners: dict[str, list[socket.socket]]) -> None:
        self.listeners = listeners
        self.activity = Activity()
        self._notifier = SystemdNotifier()

    def listener(self, name: str) -> socket.socket:
        """The one socket called ``name`` (FileDescriptorName=)."""
        (sock,) = self.listeners[name]
        return sock

    def ready(self) -> None:
        """Tell systemd that we accept; objects that live as long as we are not collected again."""
        gc.collect()
        gc.freeze()
        self._notifier.notify("READY=1")

    def status(self, text: str) -> None:
        self._notifier.notify(f"STATUS={text}")

    async def serve_until_idle(self, max_idle: float) -> None:
        """Say that we are ready, and return when it is time to leave.

        systemd is not told (STOPPING=1): while it holds a service for a leaving one, a restart of
        its socket fails, and the socket stays closed.
        """
        self.ready()
        await self.activity.idle(max_idle)


def run(main: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
    """Run ``main`` to its end, on uvloop where that is installed."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_with_signals(main))
    except Exception:
        time.sleep(FATAL_PAUSE_SECONDS)
        raise


async def _with_signals(main: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
    service = Service(inherited_listeners())
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def terminate() -> None:
        service.activity.leave()
        if task is not None:
            loop.call_later(GRACE_SECONDS, task.cancel)

    loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        await main(service)
    except asyncio.CancelledError:
        # What was still under way after GRACE_SECONDS is given up; that is no failure of ours.
        if not service.activity.leaving:
            raise


def inherited_listeners() -> dict[str, list[socket.socket]]:
    """sd_listen_fds_with_names(3): sockets by the name their .socket unit gives them."""
    listeners: dict[str, list[socket.socket]] = {}
    for descriptor, name in listen_fds_with_names(unset_environment=False).items():
        sock = socket.socket(fileno=descriptor)
        sock.setblocking(False)
        listeners.setdefault(name, []).append(sock)
    return listeners
