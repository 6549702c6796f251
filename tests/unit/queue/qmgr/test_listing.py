"""The list of the queue: whole, page after page, whatever happens to the queue meanwhile."""

from collections.abc import Callable

import pytest

from postroom.contracts.showq import Entry, List, QueueName
from postroom.mail.envelope import Recipient
from postroom.queue.qmgr import listing
from unit.queue.qmgr.world import Play, World, reply_all


async def waiting(world: World, count: int, recipients: int = 1) -> list[str]:
    """So many deferred messages, each with so many recipients."""
    world.agent = reply_all("4.2.0", "busy")
    everybody = tuple(Recipient(f"user{i}{'x' * 900}@example.com") for i in range(recipients))
    found = [(await world.enqueue(everybody))[0] for _ in range(count)]
    await world.quiet()
    return found


async def whole_list(world: World, meanwhile: Callable[[], None] = lambda: None) -> list[Entry]:
    page = await world.showq.ask(List())
    entries = list(page.entries)
    meanwhile()
    while page.following:
        page = await world.showq.ask(List(page.following))
        entries += page.entries
    return entries


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_every_message_is_listed_once(play: Play, count: int) -> None:
    async def scenario(world: World) -> None:
        ids = await waiting(world, count)
        entries = await whole_list(world)
        assert [entry.queue_id for entry in entries] == ids
        for entry in entries:
            assert entry.queue is QueueName.DEFERRED
            assert [one.delay_reason for one in entry.recipients] == ["busy"]

    play(scenario)


@pytest.mark.parametrize("gone", [range(2, 6), range(2, 7), range(3, 5)])
def test_messages_that_go_meanwhile_hide_none_behind_them(play: Play, gone: range) -> None:
    async def scenario(world: World) -> None:
        ids = await waiting(world, 7)

        def go() -> None:
            for index in gone:
                world.spool.deferred.file(ids[index]).unlink()

        expected = [queue_id for index, queue_id in enumerate(ids) if index not in gone]
        assert [entry.queue_id for entry in await whole_list(world, go)] == expected

    play(scenario)


def test_long_lists_of_recipients_take_a_page_each(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many such messages few are in memory at a time, and none is left out."""
    monkeypatch.setattr(listing, "PAGE_SIZE", 1000)
    monkeypatch.setattr("postroom.queue.qmgr.entries._PORTION", 2)

    async def scenario(world: World) -> None:
        ids = await waiting(world, 4, recipients=600)
        page = await world.showq.ask(List())
        assert [entry.queue_id for entry in page.entries] == ids[:1]
        assert page.following == 1
        assert [entry.queue_id for entry in await whole_list(world)] == ids

    play(scenario)
