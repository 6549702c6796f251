"""Scenarios, each in a world of its own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from unit.queue.qmgr.world import Play, Scenario, World, settings


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Keyword arguments change the settings."""
    monkeypatch.setattr("postroom.instance.run_directory", lambda _: str(tmp_path / "run"))
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)

    def run(scenario: Scenario, **changes: Any) -> None:
        async def main() -> None:
            world = World(tmp_path, settings(**changes))
            await world.start()
            try:
                await scenario(world)
            finally:
                await world.stop()

        asyncio.run(main())

    return run
