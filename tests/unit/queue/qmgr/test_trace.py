"""sendmail -bv and -v: the sender is told of everybody, and a probe waits for nothing else."""

import time

import pytest

from postroom.contracts import showq
from postroom.contracts.bounce import Kind
from postroom.contracts.delivery import Deliver, Part, Report
from postroom.contracts.queue_admin import Action
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Outcome
from unit.queue.qmgr.world import Play, World

THREE = tuple(Recipient(f"user{i}@example.com") for i in range(3))


def each_its_own(request: Deliver) -> Report:
    """Of three recipients one is served, one waits and one is unknown."""
    codes = ("2.0.0", "4.2.2", "5.1.1")
    return Report(tuple(Outcome(i, code, "text") for i, code in enumerate(codes)))


def test_a_probe_is_reported_whatever_was_found_and_forgotten(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = each_its_own
        queue_id, _ = await world.enqueue(THREE, trace="verify", arrival=time.time() - 100)
        await world.quiet()
        assert world.requests[0].envelope.is_probe
        (tell,) = world.told
        assert tell.kind is Kind.TRACE
        assert tell.envelope.recipients == THREE
        assert [outcome.code for outcome in tell.outcomes] == ["2.0.0", "4.2.2", "5.1.1"]
        assert world.lines(queue_id)[-1] == "removed"
        assert world.spool.deferred.queue_ids() == []

    play(scenario, delay_warning_time=50.0, maximal_queue_lifetime=60.0)


def test_a_probe_tells_of_each_address_its_recipients_became(play: Play) -> None:
    async def scenario(world: World) -> None:
        members = [Recipient(name, "user1@example.com") for name in ("a", "b")]

        def expands(request: Deliver) -> Report:
            assert len(request.envelope.recipients) == 3
            outcomes = tuple(Outcome(i, "2.0.0", f"whole {i}") for i in range(3))
            parts = tuple(Part(member, Outcome(1, "2.0.0", "part")) for member in members)
            return Report(outcomes, "", parts)

        world.agent = expands
        await world.enqueue(THREE, trace="verify")
        await world.quiet()
        (tell,) = world.told
        assert tell.envelope.recipients == (THREE[0], *members, THREE[2])
        assert [o.text for o in tell.outcomes] == ["whole 0", "part", "part", "whole 2"]
        assert [o.recipient for o in tell.outcomes] == [0, 1, 2, 3]

    play(scenario)


def test_a_probe_that_cannot_be_reported_is_made_again(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.dead.add("trace")
        world.agent = each_its_own
        queue_id, _ = await world.enqueue(THREE, trace="verify")
        await world.quiet()
        assert world.spool.deferred.queue_ids() == [queue_id]
        assert any("trace not sent" in line for line in world.lines(queue_id))
        world.dead.clear()
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: world.told)
        assert len(world.requests[-1].envelope.recipients) == 3
        assert world.told[0].kind is Kind.TRACE
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)


def test_a_probe_for_which_no_agent_answers_is_undeliverable(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.dead.add("smtp")
        queue_id, _ = await world.enqueue(trace="verify")
        await world.quiet()
        assert [tell.kind for tell in world.told] == [Kind.TRACE]
        line = world.lines(queue_id)[1]
        assert "dsn=4.3.0, status=undeliverable (unknown mail transport error)" in line

    play(scenario)


@pytest.mark.parametrize(("action", "waits"), [(Action.DELETE, False), (Action.HOLD, True)])
def test_the_superuser_s_order_comes_before_the_report(
    play: Play, action: Action, waits: bool
) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        queue_id, _ = await world.enqueue(trace="verify")
        await world.quiet_after(lambda: world.requests, active=True)
        await world.order(action, queue_id)
        world.hanging = False
        await world.quiet()
        assert world.told == []
        assert (world.spool.hold.queue_ids() == [queue_id]) is waits

    play(scenario)


def test_verbose_mail_is_traced_once_and_bounces_and_waits_as_ever(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = each_its_own
        queue_id, _ = await world.enqueue(THREE, trace="verbose")
        await world.quiet()
        assert [tell.kind for tell in world.told] == [Kind.TRACE, Kind.FAILURE]
        assert [o.code for o in world.told[0].outcomes] == ["2.0.0", "4.2.2", "5.1.1"]
        world.agent = lambda _: Report((Outcome(0, "2.0.0", "ok"),))
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert world.requests[1].envelope.recipients == (THREE[1],)
        assert world.requests[1].envelope.trace == ""
        assert len(world.told) == 2
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)


def test_verbose_mail_has_its_success_told_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        wants = Recipient("a@example.com", notify=(Notify.SUCCESS,))
        await world.enqueue((wants,), trace="verbose")
        await world.quiet()
        assert [tell.kind for tell in world.told] == [Kind.TRACE]

    play(scenario)
