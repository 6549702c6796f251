"""Mail that came with the wish to be held, and mail that goes to a content filter."""

import asyncio

from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.qmgr import Stored
from postroom.contracts.queue_admin import Action
from postroom.contracts.rewrite import AddressClass, Route
from postroom.contracts.showq import FlushMessage
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.status import Outcome
from postroom.queue.qmgr.content_filter import ContentFilter
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import Play, World


async def on_hold(world: World, queue_id: str) -> None:
    for _ in range(500):
        if world.spool.hold.holds(queue_id) and not world.manager.busy:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not on hold")


def test_held_mail_waits_until_somebody_releases_it(play: Play) -> None:
    async def scenario(world: World) -> None:
        queue_id, answer = await world.enqueue(hold=True)
        assert answer == Stored()
        await on_hold(world, queue_id)
        assert world.requests == []
        assert await world.order(Action.RELEASE, queue_id)
        await world.quiet_after(lambda: world.requests)
        (request,) = world.requests
        assert request.queue_id == queue_id
        assert not world.spool.holds(queue_id)

    play(scenario)


def test_held_mail_is_not_delivered_after_a_crash_either(play: Play) -> None:
    """The journal knows the wish until the message is in hold/."""

    async def scenario(world: World) -> None:
        directory, world.spool.hold.path = world.spool.hold.path, world.state / "nowhere"
        world.spool.hold._prefix = f"{world.spool.hold.path}/"
        queue_id, answer = await world.enqueue(hold=True)
        assert answer == Stored()
        await asyncio.sleep(0.05)
        assert not (directory / queue_id).exists()
        await world.restart()
        await on_hold(world, queue_id)
        assert world.requests == []

    play(scenario)


def test_filtered_mail_goes_to_the_filter_and_to_it_again_when_that_was_away(play: Play) -> None:
    async def scenario(world: World) -> None:
        away = True

        def agent(request: Deliver) -> Report:
            code = "4.4.1" if away else "2.0.0"
            count = len(request.envelope.recipients)
            return Report(tuple(Outcome(index, code, "x") for index in range(count)))

        world.agent = agent
        people = (Recipient("a@one.example"), Recipient("b@two.example"))
        queue_id, _ = await world.enqueue(people, filter="scan:[127.0.0.1]:10025")
        await world.quiet_after(lambda: world.requests)
        away = False
        await world.showq.ask(FlushMessage(queue_id))
        await world.quiet_after(lambda: len(world.requests) == 2)
        assert [request.nexthop for request in world.requests] == ["[127.0.0.1]:10025"] * 2
        assert [len(request.envelope.recipients) for request in world.requests] == [2, 2]

    play(scenario, transports=(transport("smtp"), transport("scan")))


def test_a_filter_without_nexthop_is_asked_at_the_default_or_the_recipients_domain() -> None:
    def nexthop(default: str, name: str, address: str) -> str:
        (route,) = ContentFilter(default, "host.example").routes(name, (address,))
        assert route == Route("scan", route.nexthop, address, AddressClass.DEFAULT)
        return route.nexthop

    assert nexthop("", "scan:x:25", "a@b.example") == "x:25"
    assert nexthop("y", "scan:", "a@b.example") == "y"
    assert nexthop("", "scan:", "a@b.example") == "b.example"
    assert nexthop("", "scan", "joe") == "host.example"


def test_a_probe_finds_out_about_the_recipient_and_not_about_the_filter(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.enqueue(filter="scan:x", trace="verify")
        await world.quiet_after(lambda: world.requests)
        assert [request.nexthop for request in world.requests] == ["example.com"]

    play(scenario)


def test_the_wish_and_the_filter_are_written_down() -> None:
    envelope = Envelope("", (Recipient("a@b"),), 0.0, filter="scan:x", hold=True)
    assert envelope.to(()).filter == "scan:x"
    assert envelope.to(()).hold
