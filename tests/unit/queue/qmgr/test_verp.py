"""Variable return paths: every recipient is served alone, by a sender of his own (VERP_README)."""

from postroom.contracts.bounce import Kind
from postroom.contracts.delivery import Deliver, Part, Report
from postroom.contracts.showq import FlushMessage
from postroom.mail.envelope import Recipient
from postroom.mail.status import Outcome
from unit.queue.qmgr.world import Play, World, reply_all

THREE = tuple(Recipient(f"user{i}@example.com") for i in range(3))
PERSONAL = [f"list+user{i}=example.com@example.org" for i in range(3)]


def senders(world: World) -> list[str]:
    return sorted(request.envelope.sender for request in world.requests)


def test_each_recipient_gets_a_copy_of_his_own(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, _ = await world.enqueue(THREE, sender="list@example.org", verp="+=")
        await world.quiet()
        assert senders(world) == PERSONAL
        assert [request.envelope.verp for request in world.requests] == [""] * 3
        assert sorted(r.envelope.recipients[0].address for r in world.requests) == [
            recipient.address for recipient in THREE
        ]
        assert any("from=<list@example.org>" in line for line in world.lines(queue_id))

    play(scenario)


def test_without_a_sender_there_is_nothing_to_vary(play: Play) -> None:
    """A filter may have taken it away after cleanup looked."""

    async def scenario(world: World) -> None:
        await world.enqueue(THREE, sender="", verp="+=")
        await world.quiet()
        assert senders(world) == [""]

    play(scenario)


def test_who_waited_has_his_own_sender_after_a_restart(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.2.0")
        queue_id, _ = await world.enqueue(THREE, sender="list@example.org", verp="-=")
        await world.quiet()
        await world.restart()
        world.requests.clear()
        world.agent = reply_all("2.0.0")
        await world.showq.ask(FlushMessage(queue_id))
        await world.quiet_after(lambda: world.requests)
        assert senders(world) == [one.replace("+", "-") for one in PERSONAL]

    play(scenario)


def test_who_was_being_served_when_all_ended_has_his_own_sender_again(play: Play) -> None:
    """The journal knows what the senders are made of."""

    async def scenario(world: World) -> None:
        world.hanging = True
        await world.enqueue(THREE, sender="list@example.org", verp="+=")
        await world.quiet_after(lambda: world.requests, active=True)
        await world.restart()
        world.requests.clear()
        world.hanging = False
        await world.quiet_after(lambda: len(world.requests) >= 3)
        assert sorted(set(senders(world))) == PERSONAL

    play(scenario)


def test_a_dead_destination_s_recipients_are_put_off_one_by_one(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.4.1", "no route", failure="no route")
        await world.enqueue(THREE, sender="list@example.org", verp="+=")
        await world.quiet()
        assert {len(request.envelope.recipients) for request in world.requests} == {1}
        assert sorted(set(senders(world))) == PERSONAL

    play(scenario)


def test_bounce_is_told_how_the_senders_were_made(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("5.1.1")
        await world.enqueue(THREE, sender="list@example.org", verp="+=")
        await world.quiet()
        (tell,) = world.told
        assert tell.kind is Kind.FAILURE
        assert (tell.envelope.sender, tell.envelope.verp) == ("list@example.org", "+=")
        assert [one.recipient for one in tell.outcomes] == [0, 1, 2]

    play(scenario)


def test_a_list_s_owner_hears_of_its_members_at_his_own_address(play: Play) -> None:
    async def scenario(world: World) -> None:
        def expands(request: Deliver) -> Report:
            failed = Outcome(0, "5.1.1", "nobody")
            part = Part(Recipient("member@example.com"), failed, owner="owner@example.com")
            return Report((failed,), "", (part,))

        world.agent = expands
        await world.enqueue(THREE[:1], sender="list@example.org", verp="+=")
        await world.quiet()
        (tell,) = world.told
        assert (tell.envelope.sender, tell.envelope.verp) == ("owner@example.com", "")

    play(scenario)
