"""The directory, copied after every step of a random life, always holds all that was promised."""

import asyncio
import shutil
from pathlib import Path

import pytest

from postroom.spool.store import Spool
from unit.spool.life import FIRST, Life, found_in

STEPS = 40


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.spool.segment.SIZE", 1024 * 1024)
    monkeypatch.setattr("postroom.spool.journal.SIZE", 1024 * 1024)


@pytest.mark.parametrize("seed", range(4))
def test_everything_promised_is_found_after_a_stop_at_any_step(tmp_path: Path, seed: int) -> None:
    async def live() -> None:
        directory = tmp_path / "spool"
        directory.mkdir()
        spool = Spool(directory, warn=pytest.fail)
        life = Life(spool, seed)
        for step in range(STEPS):
            await life.step()
            copy = tmp_path / str(step)
            shutil.copytree(directory, copy)
            found = await found_in(copy)
            for number, owed in life.owed.items():
                message = found[number]
                recipients = message.state.envelope.recipients
                served = {recipients[index].address for index in message.done}
                assert owed <= {r.address for r in recipients} - served
                assert message.content() == life.contents[number]
            shutil.rmtree(copy)
        await spool.close(FIRST + 1000)

    asyncio.run(live())
