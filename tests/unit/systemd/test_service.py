"""How a service ends."""

import asyncio
import time
from typing import Any

import pytest

from postroom.systemd import service


async def _fail(_: service.Service) -> None:
    raise OSError("a table is missing")


def test_a_fatal_error_pauses_before_the_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd starts a failed service again; without the pause that would be a tight loop."""
    pauses: list[float] = []
    listeners: dict[str, list[Any]] = {}
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(service, "inherited_listeners", lambda: listeners)
    monkeypatch.setattr(service, "SystemdNotifier", object)
    with pytest.raises(OSError, match="a table is missing"):
        service.run(_fail)
    assert pauses == [service.FATAL_PAUSE_SECONDS]


class Notifier:
    """Stands for systemd's ear (sd_notify(3))."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def notify(self, state: str) -> None:
        self.told.append(state)


def test_a_service_that_leaves_when_idle_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one that says STOPPING=1 systemd refuses to restart the socket (18 of 150 restarts around
    that moment failed, and left the port closed)."""
    notifier = Notifier()
    monkeypatch.setattr(service, "SystemdNotifier", lambda: notifier)
    asyncio.run(service.Service({}).serve_until_idle(0.01))
    assert notifier.told == ["READY=1"]
