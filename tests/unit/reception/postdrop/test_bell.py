"""pickup is told of new mail, and who brought it does not wait for that."""

import asyncio
from typing import Any

from memory_journal import MemoryJournal
from postroom.contracts.pickup import Wake
from postroom.ipc.contract import Question, Unavailable
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.postdrop.bell import Bell


class Pickup:
    """Hears the bell once it is let."""

    def __init__(self, trouble: str = "") -> None:
        self.may_hear = asyncio.Event()
        self.heard: list[Question[Any]] = []
        self._trouble = trouble

    async def ask(self, question: Question[Any]) -> None:
        await self.may_hear.wait()
        self.heard.append(question)
        if self._trouble:
            raise Unavailable(self._trouble)


def test_nobody_waits_until_pickup_hears_but_at_the_end() -> None:
    async def story() -> None:
        pickup, journal = Pickup(), MemoryJournal()
        bell = Bell(pickup, PostdropLog(journal))  # type: ignore[arg-type]
        bell.ring()
        bell.ring()
        await asyncio.sleep(0)
        assert not pickup.heard
        pickup.may_hear.set()
        await bell.silence()
        assert pickup.heard == [Wake(), Wake()]
        assert not journal.lines

    asyncio.run(story())


def test_a_pickup_that_is_away_is_told_of_and_harms_nobody() -> None:
    async def story() -> None:
        pickup, journal = Pickup("no such socket"), MemoryJournal()
        bell = Bell(pickup, PostdropLog(journal))  # type: ignore[arg-type]
        pickup.may_hear.set()
        bell.ring()
        await bell.silence()
        assert len(journal.lines) == 1
        assert "no such socket" in journal.lines[0]

    asyncio.run(story())
