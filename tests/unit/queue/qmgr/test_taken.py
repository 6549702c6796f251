"""A message of a local program is taken once, however often a killed pickup brings it."""

import asyncio
import shutil
import time

import pytest

from postroom.contracts import qmgr
from postroom.contracts.qmgr import Refused, Stored
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope, Recipient, Submitter
from postroom.queue.qmgr.overflow import Overflow
from unit.queue.qmgr.world import CONTENT, Play, World, reply_all

NOW = time.time()
ALICE = Submitter(1000, "alice", "Alice")


def same(queue_id: str, arrival: float, submitter: Submitter | None = ALICE) -> qmgr.Enqueue:
    envelope = Envelope(
        "me@example.org", (Recipient("user@example.com"),), arrival, submitter=submitter
    )
    return qmgr.Enqueue(queue_id, envelope, CONTENT)


async def marked(world: World) -> None:
    """Until the journal says that everything is done."""
    await world.quiet()
    await asyncio.sleep(0.1)


@pytest.mark.parametrize("status", ["2.0.0", "4.0.0"], ids=["delivered", "waits"])
def test_what_was_tried_is_not_taken_again(play: Play, status: str) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all(status)
        queue_id, _ = await world.enqueue(submitter=ALICE, arrival=NOW)
        await world.quiet()
        assert await world.client.ask(same(queue_id, NOW)) == Stored()
        await world.quiet()
        assert len(world.requests) == 1

    play(scenario)


def test_nor_is_it_when_qmgr_was_killed_too(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, _ = await world.enqueue(submitter=ALICE, arrival=NOW)
        await marked(world)
        killed = world.state.with_name("killed")
        shutil.copytree(world.state, killed)
        world.state = killed
        await world.restart()
        assert await world.client.ask(same(queue_id, NOW)) == Stored()
        await world.quiet()
        assert len(world.requests) == 1

    play(scenario)


def test_mail_of_others_is_never_taken_for_it(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        queue_id, _ = await world.enqueue(arrival=NOW)
        await world.quiet()
        try:
            answer = await world.client.ask(same(queue_id, NOW, submitter=None))
        except Unavailable:
            return
        raise AssertionError(answer)

    play(scenario)


def test_a_report_that_is_brought_under_another_id_is_taken_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.enqueue(sender="", once="0123456789AB failure")
        await world.quiet()
        assert (await world.enqueue(sender="", once="0123456789AB failure"))[1] == Stored()
        await world.enqueue(sender="", once="0123456789AB delay")
        await world.quiet()
        assert len(world.requests) == 2

    play(scenario)


@pytest.mark.parametrize("runs", [1, 2])
def test_a_report_on_what_waits_is_known_after_a_time_without_mail(play: Play, runs: int) -> None:
    """qmgr leaves, with nothing in its journal, before the message is tried again."""

    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        original, _ = await world.enqueue()
        await world.quiet()
        world.agent = reply_all("2.0.0")
        await world.enqueue(sender="", once=f"{original} failure")
        await marked(world)
        for _ in range(runs):
            await world.stop()
            assert (world.state / "journal" / "clean").exists()
            await world.restart_stopped()
        assert (await world.enqueue(sender="", once=f"{original} failure"))[1] == Stored()
        await world.quiet()
        assert len(world.requests) == 2

    play(scenario)


def test_a_report_that_comes_again_while_the_first_is_being_stored_is_kept_once(
    play: Play,
) -> None:
    """Its first bringer was killed; the second is told to come later, and then that it is here."""

    async def scenario(world: World) -> None:
        name = "0123456789AB failure"
        both = [world.enqueue(sender="", once=name) for _ in range(2)]
        answers = [answer for _, answer in await asyncio.gather(*both)]
        assert sorted(map(type, answers), key=str) == sorted((Stored, Refused), key=str)
        assert (await world.enqueue(sender="", once=name))[1] == Stored()
        await world.quiet()
        assert len(world.requests) == 1

    play(scenario)


def test_what_was_held_up_is_known_if_it_came_meanwhile(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New mail waits while the active queue is full, and bounce may be killed while it waits."""

    async def scenario(world: World) -> None:
        arrived = asyncio.Event()

        async def wait(_: Overflow, __: int) -> None:
            if not arrived.is_set():
                await arrived.wait()

        monkeypatch.setattr(Overflow, "refusal", wait)
        name = "0123456789AB failure"
        first = asyncio.ensure_future(world.enqueue(sender="", once=name))
        await asyncio.sleep(0.1)
        arrived.set()
        _, again = await world.enqueue(sender="", once=name)
        _, before = await first
        await world.quiet()
        assert Stored() in (again, before)
        assert len(world.requests) == 1

    play(scenario)
