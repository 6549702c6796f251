"""How fast mail is taken that finds the active queue full."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.contracts.qmgr import Stored
from postroom.mail.envelope import Recipient
from postroom.queue.qmgr import overflow
from postroom.queue.qmgr.inflow import Inflow
from postroom.spool.file_batch import FileBatch
from unit.queue.qmgr.world import World, reply_all


def test_mail_that_finds_room_never_waits() -> None:
    inflow = Inflow(1.0, 100)
    assert not any(inflow.pause(0.0, room=True) for _ in range(10_000))


def test_a_burst_is_let_in_and_then_so_much_per_delay() -> None:
    inflow = Inflow(1.0, 100)
    assert not any(inflow.pause(5.0, room=False) for _ in range(100))
    pauses = [inflow.pause(5.0, room=False) for _ in range(200)]
    assert pauses[0] > 0
    assert round(pauses[99], 6) == 1.0
    assert round(pauses[199], 6) == 2.0
    assert pauses == sorted(pauses)


def test_a_pause_in_the_mail_makes_room_for_the_next_burst() -> None:
    inflow = Inflow(1.0, 10)
    for _ in range(20):
        inflow.pause(0.0, room=False)
    assert inflow.pause(2.5, room=False) == 0.0


def test_no_delay_means_no_limit() -> None:
    inflow = Inflow(0.0, 100)
    assert not any(inflow.pause(0.0, room=False) for _ in range(10_000))


def test_a_full_active_queue_slows_down_those_who_bring_mail(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        for _ in range(3):
            assert (await world.enqueue())[1] == Stored()
        loop = asyncio.get_running_loop()
        started = loop.time()
        for _ in range(3):
            assert (await world.enqueue())[1] == Stored()
        assert loop.time() - started > 0.25
        world.hanging = False
        await world.quiet_after(lambda: len(world.requests) == 6)

    play(scenario, qmgr_message_active_limit=2, in_flow_delay=0.1, default_process_limit=1)


def test_mail_that_is_being_deferred_keeps_no_new_mail_out(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()
    create = FileBatch.create

    async def slow(batch: FileBatch, path: Path, data: bytes, due: float) -> None:
        await written.wait()
        await create(batch, path, data, due)

    monkeypatch.setattr(FileBatch, "create", slow)
    monkeypatch.setattr(overflow, "MAX_WRITING", 1)
    monkeypatch.setattr(overflow, "PATIENCE", 0.1)

    async def scenario(world: World) -> None:
        world.agent = reply_all("4.4.1")
        for _ in range(3):
            assert (await world.enqueue())[1] == Stored()
        await world.quiet_after(lambda: len(world.requests) == 3, active=True)
        assert (await world.enqueue())[1] == Stored()
        written.set()
        await world.quiet()

    play(scenario)


def test_mail_that_waits_for_its_file_does(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()

    async def never(batch: FileBatch, path: Path, data: bytes, due: float) -> None:
        await written.wait()
        raise OSError("over")

    monkeypatch.setattr(FileBatch, "create", never)
    monkeypatch.setattr(overflow, "MAX_WRITING", 1)
    monkeypatch.setattr(overflow, "PATIENCE", 0.1)

    async def scenario(world: World) -> None:
        world.hanging = True
        assert (await world.enqueue())[1] == Stored()
        assert (await world.enqueue())[1] == Stored()
        assert (await world.enqueue())[1] == overflow.QUEUE_FULL
        world.hanging = False
        written.set()
        await world.quiet_after(lambda: len(world.requests) == 2)

    play(scenario, qmgr_message_active_limit=1)


def test_a_long_list_does_not_keep_small_mail_out(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        everybody = tuple(Recipient(f"u{number}@list.example") for number in range(30))
        await world.enqueue(everybody)
        queue_id, _ = await world.enqueue()
        await world.quiet_after(lambda: world.manager.active.get(queue_id), active=True)
        late, _ = await world.enqueue(everybody)
        assert world.manager.active.get(late) is None
        world.hanging = False
        await world.quiet_after(lambda: len(world.requests) == 3)

    play(scenario, qmgr_message_recipient_limit=20, queue_run_delay=0.1)
