"""A message of a local program is taken once, however often a killed pickup brings it."""

import asyncio
import shutil
import time
from collections.abc import Callable
from typing import Any

from postroom.contracts import qmgr
from postroom.contracts.qmgr import Stored
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope, Recipient, Submitter
from unit.queue.qmgr.conftest import CONTENT, reply_all

Play = Callable[..., None]
World = Any
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


def test_what_was_delivered_is_not_taken_again(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, _ = await world.enqueue(submitter=ALICE, arrival=NOW)
        await world.quiet()
        assert await world.client.ask(same(queue_id, NOW)) == Stored()
        await world.quiet()
        assert len(world.requests) == 1

    play(scenario)


def test_what_waits_is_not_taken_again(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
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
