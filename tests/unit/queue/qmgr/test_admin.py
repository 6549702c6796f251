"""What postsuper and postcat may do to the queue."""

import asyncio
from typing import Any

import pytest

from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.queue_admin import (
    Action,
    ApplyToAll,
    Done,
    DoneToAll,
    Find,
    Message,
    NotFound,
    Read,
    Take,
)
from postroom.contracts.showq import FlushMessage, QueueName
from postroom.mail.status import Outcome
from postroom.queue.qmgr.aside import Aside
from postroom.spool.stored import StoredMessage
from unit.queue.qmgr.world import Play, World, people, reply_all

ALL_WAIT = reply_all("4.0.0", "busy")


def one_served(request: Deliver) -> Report:
    """Of all recipients the first is served."""
    codes = ("2.0.0", *["4.2.2"] * (len(request.envelope.recipients) - 1))
    return Report(tuple(Outcome(i, code, "text") for i, code in enumerate(codes)))


def test_superuser_holds_releases_expires_and_deletes(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        queue_id, _ = await world.enqueue()
        await world.quiet()
        order = world.order
        assert await order(Action.HOLD, queue_id)
        assert not await order(Action.HOLD, queue_id)
        assert world.spool.hold.queue_ids() == [queue_id]
        assert await order(Action.EXPIRE, queue_id)
        assert not await order(Action.EXPIRE, queue_id)
        assert not await order(Action.RELEASE, queue_id, QueueName.DEFERRED)
        assert await order(Action.RELEASE, queue_id)
        assert world.spool.deferred.queue_ids() == [queue_id]
        assert not await order(Action.DELETE, queue_id, QueueName.HOLD)
        assert await order(Action.DELETE, queue_id)
        assert not await order(Action.DELETE, queue_id)
        assert await world.superuser.ask(Read(queue_id)) == NotFound()

    play(scenario)


def test_expired_mail_is_returned_at_its_next_attempt_and_not_before(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        queue_id, _ = await world.enqueue()
        await world.quiet()
        ((due, _),) = world.spool.deferred.due(float("inf"))
        assert await world.order(Action.EXPIRE, queue_id)
        assert world.spool.deferred.due(float("inf")) == [(due, queue_id)]
        await world.showq.ask(FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.told) == 1)
        assert "status=force-expired" in world.lines(queue_id)[-2]
        assert world.told[0].outcomes[0].text == "busy"
        # It was not tried again.
        assert len(world.requests) == 1

    play(scenario)


def test_an_order_for_what_is_about_to_become_active_is_not_lost(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        queue_id, _ = await world.enqueue()
        await world.quiet()
        async with world.deferred.undisturbed:
            flush = asyncio.ensure_future(world.showq.ask(FlushMessage(queue_id)))
            await asyncio.sleep(0.05)
            order = asyncio.ensure_future(world.order(Action.EXPIRE, queue_id))
            await asyncio.sleep(0.05)
            assert not order.done()
        assert await order
        await flush
        await world.quiet()
        # If its attempt was over already, the next one ends it.
        await world.showq.ask(FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.told) == 1)
        assert any("status=force-expired" in line for line in world.lines(queue_id))

    play(scenario)


def test_an_order_for_what_has_just_been_written_to_wait_is_not_lost(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Aside.put
    ordered: list[bool] = []

    async def scenario(world: World) -> None:
        async def put_and_order(self: Aside, stored: StoredMessage, *arguments: Any) -> None:
            await put(self, stored, *arguments)
            if not ordered:
                ordered.append(await world.order(Action.EXPIRE, stored.queue_id))

        monkeypatch.setattr(Aside, "put", put_and_order)
        world.agent = ALL_WAIT
        queue_id, _ = await world.enqueue()
        await world.quiet_after(lambda: ordered)
        assert ordered == [True]
        await world.showq.ask(FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.told) == 1)
        assert any("status=force-expired" in line for line in world.lines(queue_id))

    play(scenario)


def test_what_is_done_to_all_is_done_in_the_queues_named(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        deferred = [(await world.enqueue())[0] for _ in range(3)]
        await world.quiet()
        assert await world.order(Action.HOLD, deferred[0])
        ask = world.superuser.ask
        found = await ask(Find((QueueName.DEFERRED,), deferred[1]))
        assert found.queue_ids == (deferred[2],)
        assert await ask(ApplyToAll(Action.EXPIRE, (QueueName.HOLD,))) == DoneToAll(1)
        assert await ask(ApplyToAll(Action.DELETE, (QueueName.DEFERRED,))) == DoneToAll(2)
        assert world.spool.hold.queue_ids() == [deferred[0]]
        assert await ask(ApplyToAll(Action.DELETE, tuple(QueueName))) == DoneToAll(1)
        assert await ask(Find(tuple(QueueName))) == Done(())

    play(scenario)


def test_a_message_is_taken_once_no_delivery_of_it_is_under_way(play: Play) -> None:
    """Whoever was served meanwhile is not shown: he would be served again."""

    async def scenario(world: World) -> None:
        world.agent = one_served
        world.hanging = True
        queue_id, _ = await world.enqueue(people(3))
        await world.quiet_after(lambda: world.requests, active=True)
        taking = asyncio.ensure_future(world.superuser.ask(Take(queue_id, (QueueName.ACTIVE,))))
        await asyncio.sleep(0.05)
        assert not taking.done()
        world.hanging = False
        message = await taking
        assert isinstance(message, Message)
        assert message.entry.queue is QueueName.ACTIVE
        assert len(message.envelope.recipients) < 3
        assert world.spool.hold.queue_ids() == [queue_id]
        assert await world.superuser.ask(Take(queue_id, (QueueName.DEFERRED,))) == NotFound()

    play(scenario)


def test_superuser_reads_a_message(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        queue_id, _ = await world.enqueue()
        await world.quiet()
        message, content = await world.read(queue_id)
        assert isinstance(message, Message)
        assert message.envelope.sender == "me@example.org"
        assert content == b"Subject: test\r\n\r\nHello\r\n"

    play(scenario)


def test_active_message_is_deleted_or_held_once_its_delivery_is_over(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = ALL_WAIT
        for action, order in ((Action.DELETE, "deferred"), (Action.HOLD, "hold")):
            world.requests.clear()
            world.hanging = True
            queue_id, _ = await world.enqueue()
            await world.quiet_after(lambda: world.requests, active=True)
            assert await world.order(action, queue_id)
            world.hanging = False
            await world.quiet()
            waiting = getattr(world.spool, order).queue_ids()
            assert waiting == ([] if action is Action.DELETE else [queue_id])

    play(scenario)


def test_rest_of_a_list_is_withdrawn_when_it_is_deleted(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        queue_id, _ = await world.enqueue(people(500))
        await world.quiet_after(lambda: len(world.requests) == 2, active=True)
        assert await world.order(Action.DELETE, queue_id)
        world.hanging = False
        await world.quiet()
        assert len(world.requests) == 2
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)
