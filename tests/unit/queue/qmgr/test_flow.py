"""What becomes of a message between cleanup and the delivery agents."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts import qmgr, showq
from postroom.contracts.cleanup import Refused
from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.qmgr import Stored
from postroom.contracts.showq import QueueName
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Recipient
from postroom.mail.queue_id import format_queue_id
from postroom.mail.status import Outcome
from postroom.queue.qmgr.deliveries import Delivery, Job
from postroom.queue.qmgr.message import ActiveMessage
from postroom.spool.in_journal import InJournal
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import Play, World, people, reply_all
from unit.refcounted import alive, only_refcounts


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


def test_mail_goes_to_whom_a_route_in_a_name_leads_and_what_was_written_goes_along(
    play: Play,
) -> None:
    """``user%there@here`` is ``user@there``, at every try."""
    written = (
        Recipient("user%there.example@example.com"),
        Recipient("plain@example.com"),
        Recipient("x%there.example@example.com", original="list@example.com"),
    )
    served = {
        Recipient("user@there.example", original="user%there.example@example.com"),
        Recipient("plain@example.com"),
        Recipient("x@there.example", original="list@example.com"),
    }

    async def scenario(world: World) -> None:
        world.agent = reply_all("4.3.1")
        queue_id, _ = await world.enqueue(written)
        await world.quiet()
        assert {one for each in world.requests for one in each.envelope.recipients} == served
        world.agent = reply_all("5.1.1")
        world.requests.clear()
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert {one for each in world.requests for one in each.envelope.recipients} == served
        assert {one for tell in world.told for one in tell.envelope.recipients} == served

    play(scenario)


def test_deferred_message_waits_in_a_file_until_its_time(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.3.1", "why")
        queue_id, _ = await world.enqueue(people(2))
        await world.quiet()
        ((due, name),) = world.spool.deferred.due(float("inf"))
        assert name == queue_id
        assert 299 < due - time.time() <= 300
        page = await world.showq.ask(showq.List())
        (entry,) = page.entries
        assert entry.queue is QueueName.DEFERRED
        assert [r.delay_reason for r in entry.recipients] == ["why", "why"]
        await world.showq.ask(showq.RunQueue())
        await world.quiet()
        assert len(world.requests) == 1
        world.agent = reply_all("2.0.0")
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert world.lines(queue_id)[-1] == "removed"
        assert world.spool.deferred.queue_ids() == []

    play(scenario)


def test_delay_grows_with_age_up_to_the_limit(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.3.1")
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
        world.agent = reply_all("2.0.0")
        await world.showq.ask(showq.Flush())
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert [r.address for r in world.requests[1].envelope.recipients] == ["user1@example.com"]

    play(scenario)


def test_dead_destination_is_not_tried_and_retry_logs_why(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.4.1", failure="Connection refused")
        world.hanging = True
        await world.enqueue()
        await world.enqueue()
        world.hanging = False
        await world.quiet()
        world.requests.clear()
        world.agent = reply_all("4.4.1")
        await world.enqueue()
        await world.quiet()
        (request,) = world.requests
        assert request.nexthop == "4.4.1 delivery temporarily suspended: Connection refused"

    play(scenario)


def test_mail_survives_an_agent_that_dies(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.dead.add("smtp")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert world.spool.deferred.queue_ids() == [queue_id]
        assert (
            "dsn=4.3.0, status=deferred (unknown mail transport error)" in world.lines(queue_id)[1]
        )

    play(scenario)


def test_mail_for_a_transport_that_is_not_there_waits_and_the_log_names_it_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        for _ in range(2):
            await world.enqueue()
        await world.quiet()
        assert [request.nexthop for request in world.requests] == [
            "4.3.0 mail transport unavailable"
        ] * 2
        named = "warning: connect to transport private/smtp: No such file or directory"
        assert world.journal.lines.count(named) == 1

    play(scenario, transports=(transport("retry"),))


def test_mail_waits_while_addresses_cannot_be_resolved(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.dead.add("rewrite")
        world.agent = reply_all("4.3.0")
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
        world.agent = reply_all("4.0.0")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        envelope = world.requests[0].envelope
        with pytest.raises(Unavailable):
            await world.client.ask(qmgr.Enqueue(queue_id, envelope, b""))

    play(scenario)


def test_a_message_asked_for_twice_is_read_once_at_a_time(play: Play) -> None:
    """Or the second would be delivered as it was before the first was."""

    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
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


def test_a_message_that_left_is_freed_by_counting_references(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.enqueue()
        await world.quiet()
        await asyncio.sleep(0)  # the last frame that knows of it
        assert alive(ActiveMessage, InJournal, Delivery, Job) == []

    with only_refcounts():
        play(scenario)
