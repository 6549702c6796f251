"""Of what qmgr has the sender told, and when."""

import time

import pytest

from postroom.contracts import showq
from postroom.contracts.bounce import Kind, Tell, Unwanted
from postroom.contracts.delivery import Deliver, Part, Report
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Outcome, Reach
from unit.queue.qmgr.world import Play, World, people, reply_all

TEAM = Recipient("team@example.com", notify=(Notify.SUCCESS,))


def told(world: World) -> list[tuple[Kind, list[tuple[str, str]]]]:
    return [(tell.kind, addresses(tell)) for tell in world.told]


def addresses(tell: Tell) -> list[tuple[str, str]]:
    names = [recipient.address for recipient in tell.envelope.recipients]
    return [(names[one.recipient], one.reach.value) for one in tell.outcomes]


def test_failed_recipients_are_reported_before_they_are_forgotten(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("5.1.1")
        queue_id, _ = await world.enqueue(people(2))
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is Kind.FAILURE
        assert tell.content == b"Subject: test\r\n\r\nHello\r\n"
        assert [outcome.code for outcome in tell.outcomes] == ["5.1.1", "5.1.1"]
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)


def test_recipients_stay_while_no_bounce_can_be_sent(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.dead.add("bounce")
        world.agent = reply_all("5.1.1")
        queue_id, _ = await world.enqueue()
        await world.quiet()
        assert world.spool.deferred.queue_ids() == [queue_id]

    play(scenario)


@pytest.mark.parametrize("sender", ["me@example.org", ""])
def test_message_that_waited_too_long_is_returned(play: Play, sender: str) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        world.told_with = Unwanted()
        queue_id, _ = await world.enqueue(sender=sender, arrival=time.time() - 100)
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is Kind.FAILURE
        expired = f"from=<{sender}>, status=expired, returned to sender"
        assert world.lines(queue_id)[-2:] == [expired, "removed"]

    lifetimes = {"maximal_queue_lifetime": 1e6, "bounce_queue_lifetime": 1e6}
    lifetimes["maximal_queue_lifetime" if sender else "bounce_queue_lifetime"] = 50.0
    play(scenario, **lifetimes)


def test_sender_is_warned_of_a_delay_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        queue_id, _ = await world.enqueue(arrival=time.time() - 100)
        await world.quiet()
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert [tell.kind for tell in world.told] == [Kind.DELAY]

    play(scenario, delay_warning_time=50.0)


def test_nobody_is_warned_of_a_bounce_that_waits(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        await world.enqueue(sender="", arrival=time.time() - 100)
        await world.quiet()
        assert world.told == []

    play(scenario, delay_warning_time=50.0)


def test_success_is_reported_to_who_asked_for_it(play: Play) -> None:
    async def scenario(world: World) -> None:
        wants = Recipient("a@example.com", notify=(Notify.SUCCESS,))
        await world.enqueue((wants, Recipient("b@example.com")))
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is Kind.SUCCESS
        assert [r.address for r in tell.envelope.recipients] == ["a@example.com"]

    play(scenario)


def test_who_became_others_is_told_of_once_with_the_first_attempt(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.2.2")
        members = tuple(Recipient(f"{one}@example.com", notify=(Notify.NEVER,)) for one in "ab")
        queue_id, _ = await world.enqueue(members, expanded=(TEAM,))
        await world.quiet()
        assert told(world) == [(Kind.SUCCESS, [(TEAM.address, Reach.EXPANDED)])]
        world.agent = reply_all("2.0.0")
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: world.lines(queue_id)[-1] == "removed")
        assert len(world.told) == 1

    play(scenario)


def test_who_became_others_is_told_of_even_if_all_is_served_at_once(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, _ = await world.enqueue(expanded=(TEAM,))
        await world.quiet()
        assert told(world) == [(Kind.SUCCESS, [(TEAM.address, Reach.EXPANDED)])]
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)


def test_a_trace_tells_of_who_became_others_too(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.enqueue((Recipient("a@example.com"),), expanded=(TEAM,), trace="verbose")
        await world.quiet()
        assert told(world) == [
            (Kind.TRACE, [(TEAM.address, Reach.EXPANDED), ("a@example.com", Reach.DELIVERED)])
        ]

    play(scenario)


def test_a_host_that_knows_the_wish_reports_itself(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("2.0.0", passed_on=True)
        await world.enqueue((TEAM,))
        await world.quiet()
        assert not world.told

    play(scenario)


def test_a_report_names_those_whom_an_agent_made_of_a_recipient(play: Play) -> None:
    async def scenario(world: World) -> None:
        def expands(_: Deliver) -> Report:
            members = [Recipient(f"{one}@example.com", TEAM.address) for one in "ab"]
            codes = ("2.0.0", "5.1.1")
            parts = [
                Part(member, Outcome(0, code, "part"))
                for member, code in zip(members, codes, strict=True)
            ]
            return Report((Outcome(0, "5.1.1", "whole"),), "", tuple(parts))

        world.agent = expands
        await world.enqueue((TEAM,))
        await world.quiet()
        (tell,) = world.told
        assert [one.address for one in tell.envelope.recipients] == ["b@example.com"]
        assert tell.outcomes[0].text == "part"

    play(scenario)


def test_the_owner_of_a_list_hears_of_its_members_and_the_sender_of_others(play: Play) -> None:
    async def scenario(world: World) -> None:
        def expands(_: Deliver) -> Report:
            member = Recipient("gone@example.com", TEAM.address)
            part = Part(member, Outcome(0, "5.1.1", "part"), "owner-team@example.com")
            outcomes = tuple(Outcome(index, "5.1.1", "whole") for index in range(2))
            return Report(outcomes, "", (part,))

        world.agent = expands
        await world.enqueue((TEAM, Recipient("b@example.com")))
        await world.quiet()
        assert {
            tell.envelope.sender: [one.address for one in tell.envelope.recipients]
            for tell in world.told
        } == {"owner-team@example.com": ["gone@example.com"], "me@example.org": ["b@example.com"]}

    play(scenario)


@pytest.mark.parametrize(
    ("notify", "kinds"),
    [((), [Kind.DELAY, Kind.SUCCESS]), ((Notify.FAILURE,), [Kind.DELAY])],
)
def test_the_end_of_a_delay_is_told_to_those_who_care(
    play: Play, notify: tuple[Notify, ...], kinds: list[Kind]
) -> None:
    """Even where the next host offers DSN: of our warning it knows nothing."""

    async def scenario(world: World) -> None:
        world.agent = reply_all("4.2.2")
        recipient = Recipient("a@example.com", notify=notify)
        queue_id, _ = await world.enqueue((recipient,), arrival=time.time() - 100)
        await world.quiet()
        world.agent = reply_all("2.0.0", passed_on=True)
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: world.lines(queue_id)[-1] == "removed")
        assert [tell.kind for tell in world.told] == kinds

    play(scenario, delay_warning_time=50.0, confirm_delay_cleared=True)


def test_the_end_of_a_delay_is_not_told_unasked(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.2.2")
        queue_id, _ = await world.enqueue(arrival=time.time() - 100)
        await world.quiet()
        world.agent = reply_all("2.0.0")
        await world.showq.ask(showq.FlushMessage(queue_id))
        await world.quiet_after(lambda: world.lines(queue_id)[-1] == "removed")
        assert [tell.kind for tell in world.told] == [Kind.DELAY]

    play(scenario, delay_warning_time=50.0)


def test_bounces_are_tried_no_longer_than_other_mail(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.2.2")
        queue_id, _ = await world.enqueue(sender="", arrival=time.time() - 100)
        await world.quiet()
        assert "from=<>, status=expired, returned to sender" in world.lines(queue_id)

    play(scenario, maximal_queue_lifetime=50.0, bounce_queue_lifetime=1e6)
