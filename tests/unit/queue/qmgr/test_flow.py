"""What becomes of a message between cleanup and the delivery agents."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts import bounce, qmgr, showq
from postroom.contracts.bounce import Unwanted
from postroom.contracts.cleanup import Refused
from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.qmgr import Stored
from postroom.contracts.showq import QueueName
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.mail.status import Outcome
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import Play, World


def answer(code: str, failure: str = "") -> Callable[[Deliver], Report]:
    """An agent that does the same to every recipient."""

    def work(request: Deliver) -> Report:
        count = len(request.envelope.recipients)
        return Report(tuple(Outcome(i, code, f"why {code}") for i in range(count)), failure)

    return work


# smtp passes on what is for ourselves.
LOCAL_TOO = (
    transport(best_mx_transport="local:there"),
    transport("local"),
    transport("retry"),
)


def people(count: int, domain: str = "example.com") -> tuple[Recipient, ...]:
    return tuple(Recipient(f"user{i}@{domain}") for i in range(count))


def test_delivered_message_is_logged_and_gone(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, answer = await world.enqueue()
        assert answer == Stored()
        await world.quiet()
        (request,) = world.requests
        assert request.nexthop == "example.com"
        assert request.content == b"Subject: test\r\n\r\nHello\r\n"
        assert world.lines(queue_id) == [
            "from=<me@example.org>, size=24, nrcpt=1 (queue active)",
            "removed",
        ]
        await world.restart()
        assert not tuple(world.manager.active)

    play(scenario)


def test_deferred_message_waits_in_a_file_until_its_time(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.3.1")
        queue_id, _ = await world.enqueue(people(2))
        await world.quiet()
        ((due, name),) = world.spool.deferred.due(float("inf"))
        assert name == queue_id
        assert 299 < due - time.time() <= 300
        page = await world.showq.ask(showq.List())
        (entry,) = page.entries
        assert entry.queue is QueueName.DEFERRED
        assert [r.delay_reason for r in entry.recipients] == ["why 4.3.1", "why 4.3.1"]
        await world.showq.ask(showq.RunQueue())
        await world.quiet()
        assert len(world.requests) == 1
        world.agent = answer("2.0.0")
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert world.lines(queue_id)[-1] == "removed"
        assert world.spool.deferred.queue_ids() == []

    play(scenario)


def test_delay_grows_with_age_up_to_the_limit(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.3.1")
        for age, delay in ((10, 300), (1000, 1000), (9000, 4000)):
            queue_id, _ = await world.enqueue(arrival=time.time() - age)
            await world.quiet()
            due = {name: when for when, name in world.spool.deferred.due(float("inf"))}
            assert due[queue_id] - time.time() == pytest.approx(delay, abs=2)

    play(scenario)


def test_served_recipients_are_not_tried_again(play: Play) -> None:
    async def scenario(world: World) -> None:
        def half(request: Deliver) -> Report:
            return Report((Outcome(0, "2.0.0", "ok"), Outcome(1, "4.0.0", "later")))

        world.agent = half
        await world.enqueue(people(2))
        await world.quiet()
        await world.restart()
        world.agent = answer("2.0.0")
        await world.showq.ask(showq.Flush())
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert [r.address for r in world.requests[1].envelope.recipients] == ["user1@example.com"]

    play(scenario)


def test_failed_recipients_are_reported_before_they_are_forgotten(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("5.1.1")
        queue_id, _ = await world.enqueue(people(2))
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is bounce.Kind.FAILURE
        assert tell.content == b"Subject: test\r\n\r\nHello\r\n"
        assert [outcome.code for outcome in tell.outcomes] == ["5.1.1", "5.1.1"]
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)


def test_recipients_stay_while_no_bounce_can_be_sent(play: Play) -> None:
    async def scenario(world: World) -> None:
        async def broken(*_: object) -> object:
            raise Unavailable("no bounce today")

        world._tell = broken
        world.agent = answer("5.1.1")
        await world.restart()
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert world.spool.deferred.queue_ids() == [queue_id]

    play(scenario)


@pytest.mark.parametrize("sender", ["me@example.org", ""])
def test_message_that_waited_too_long_is_returned(play: Play, sender: str) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.0.0")
        world.told_with = Unwanted()
        queue_id, _ = await world.enqueue(sender=sender, arrival=time.time() - 100)
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is bounce.Kind.FAILURE
        expired = f"from=<{sender}>, status=expired, returned to sender"
        assert world.lines(queue_id)[-2:] == [expired, "removed"]

    lifetimes = {"maximal_queue_lifetime": 1e6, "bounce_queue_lifetime": 1e6}
    lifetimes["maximal_queue_lifetime" if sender else "bounce_queue_lifetime"] = 50.0
    play(scenario, **lifetimes)


def test_sender_is_warned_of_a_delay_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.0.0")
        queue_id, _ = await world.enqueue(arrival=time.time() - 100)
        await world.quiet()
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert [tell.kind for tell in world.told] == [bounce.Kind.DELAY]

    play(scenario, delay_warning_time=50.0)


def test_success_is_reported_to_who_asked_for_it(play: Play) -> None:
    async def scenario(world: World) -> None:
        wants = Recipient("a@example.com", notify=(Notify.SUCCESS,))
        await world.enqueue((wants, Recipient("b@example.com")))
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is bounce.Kind.SUCCESS
        assert [r.address for r in tell.envelope.recipients] == ["a@example.com"]

    play(scenario)


def test_dead_destination_is_not_tried_and_retry_logs_why(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.4.1", failure="Connection refused")
        world.hanging = True
        await world.enqueue()
        await world.enqueue()
        world.hanging = False
        await world.quiet()
        world.requests.clear()
        world.agent = answer("4.4.1")
        await world.enqueue()
        await world.quiet()
        (request,) = world.requests
        assert request.nexthop == "4.4.1 delivery temporarily suspended: Connection refused"

    play(scenario)


def passing(transport_nexthop: str) -> Callable[[Deliver], Report]:
    """An agent that passes on whatever is not for ``transport_nexthop``."""

    def work(request: Deliver) -> Report:
        count = len(request.envelope.recipients)
        if request.nexthop == transport_nexthop:
            return Report(tuple(Outcome(index, "2.0.0", "delivered") for index in range(count)))
        return Report((), passed=tuple(range(count)))

    return work


def test_what_an_agent_passes_on_is_served_by_best_mx_transport(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = passing("there")
        queue_id, _ = await world.enqueue(people(3))
        await world.quiet()
        assert [request.nexthop for request in world.requests] == ["example.com", "there"]
        assert [len(request.envelope.recipients) for request in world.requests] == [3, 3]
        assert not world.spool.holds(queue_id)

    play(scenario, transports=LOCAL_TOO)


def test_without_a_nexthop_of_its_own_best_mx_transport_gets_that_of_the_mail(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = lambda request: (
            passing("example.com")(request) if len(world.requests) > 1 else passing("")(request)
        )
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert [request.nexthop for request in world.requests] == ["example.com", "example.com"]
        assert not world.spool.holds(queue_id)

    play(scenario, transports=(transport(best_mx_transport="local"), *LOCAL_TOO[1:]))


@pytest.mark.parametrize("best_mx", ["local", "smtp:elsewhere", "", ":there"])
def test_mail_that_is_passed_on_for_ever_waits_instead(play: Play, best_mx: str) -> None:
    async def scenario(world: World) -> None:
        world.agent = passing("nobody")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert len(world.requests) <= 2
        text = f"mail for {world.requests[-1].nexthop} loops back to myself"
        assert f"dsn=4.3.5, status=deferred ({text})" in world.lines(queue_id)[1]
        assert world.spool.deferred.queue_ids() == [queue_id]

    play(scenario, transports=(transport(best_mx_transport=best_mx), *LOCAL_TOO[1:]))


def test_mail_survives_an_agent_that_dies(play: Play) -> None:
    async def scenario(world: World) -> None:
        async def broken(*_: object) -> object:
            raise Unavailable("died")

        world._deliver = broken
        await world.restart()
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert world.spool.deferred.queue_ids() == [queue_id]
        assert (
            "dsn=4.3.0, status=deferred (unknown mail transport error)" in world.lines(queue_id)[1]
        )

    play(scenario)


def test_mail_waits_while_addresses_cannot_be_resolved(play: Play) -> None:
    async def scenario(world: World) -> None:
        async def broken(*_: object) -> object:
            raise Unavailable("died")

        world._resolve = broken
        world.agent = answer("4.3.0")
        await world.restart()
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert world.requests[0].nexthop == "4.3.0 address resolver failure"
        assert world.spool.deferred.queue_ids() == [queue_id]

    play(scenario)


def test_what_was_active_is_delivered_after_a_restart(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        queue_id, _ = await world.enqueue()
        await world.quiet_after(lambda: world.requests, active=True)
        world.hanging = False
        await world.restart()
        await world.quiet()
        assert [request.queue_id for request in world.requests] == [queue_id, queue_id]

    play(scenario)


def test_large_message_travels_by_descriptor(play: Play) -> None:
    async def scenario(world: World) -> None:
        content = b"x" * 200_000 + b"\r\n"
        _, answer = await world.enqueue_large(content)
        assert answer == Stored()
        await world.quiet()
        (request,) = world.requests
        assert request.content is None
        assert request.size == len(content)
        assert world.received == [content]
        await world.restart()
        assert not tuple(world.manager.active)

    play(scenario)


def test_of_a_file_that_will_not_be_completed_nothing_is_kept(play: Play) -> None:
    """The connection goes on, and may go on for days."""

    async def scenario(world: World) -> None:
        queue_id = format_queue_id((await world.client.ask(qmgr.LeaseIds(1))).first)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(3):
            _, (descriptor,) = await world.client.ask_with_descriptors(qmgr.OpenFile(queue_id))
            os.close(descriptor)
            await world.client.ask(qmgr.DropFile(queue_id))
        assert len(list(Path("/proc/self/fd").iterdir())) == before

    play(scenario)


def test_full_disk_refuses_new_mail(play: Play) -> None:
    async def scenario(world: World) -> None:
        _, answer = await world.enqueue()
        assert answer == Refused(452, "4.3.1", "Insufficient system storage")

    play(scenario, queue_minfree=1 << 60)


def test_mail_beyond_the_active_limit_waits_on_disk_and_is_delivered(play: Play) -> None:
    async def scenario(world: World) -> None:
        for _ in range(20):
            _, answer = await world.enqueue()
            assert answer == Stored()
        await world.quiet_after(lambda: len(world.requests) == 20)

    play(scenario, qmgr_message_active_limit=2)


def test_used_id_is_refused(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = answer("4.0.0")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        envelope = world.requests[0].envelope
        with pytest.raises(Unavailable):
            await world.client.ask(qmgr.Enqueue(queue_id, envelope, b""))

    play(scenario)


def test_a_message_asked_for_twice_is_read_once_at_a_time(play: Play) -> None:
    """Or the second would be delivered as it was before the first was."""

    async def scenario(world: World) -> None:
        world.agent = answer("4.0.0")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        load, reading = world.spool.load, []

        async def slow_load(*arguments: Any) -> Any:
            reading.append(len(reading))
            await asyncio.sleep(0.05)
            found = await load(*arguments)
            assert len(reading) == 1
            reading.clear()
            return found

        world.spool.load = slow_load
        flush = world.deferred.flush_message
        await asyncio.gather(flush(queue_id), flush(queue_id), flush(queue_id))

    play(scenario)
