"""How a service ends."""

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
