"""What SIGTERM finds under way is brought to its end, and nothing of it is done twice."""

import asyncio

from msgspec import structs

from postroom.contracts import qmgr
from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.qmgr import Stored
from postroom.ipc.client import Client
from postroom.mail.envelope import Recipient
from postroom.mail.status import Outcome
from postroom.queue.qmgr import reports
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import Play, World, reply_all

ONE_AT_A_TIME = (transport("smtp", destination_recipient_limit=1), transport("retry"))
TWO = (Recipient("later@example.com"), Recipient("served@example.com"))


def deliver_one(request: Deliver) -> Report:
    """Only ``served`` can be."""
    (recipient,) = request.envelope.recipients
    served = recipient.address.startswith("served")
    return Report((Outcome(0, "2.0.0" if served else "4.0.0", "text"),))


async def idle(world: World) -> None:
    async with asyncio.timeout(5):
        while world.activity.busy:
            await asyncio.sleep(0.01)


def test_mail_that_a_delivery_makes_is_taken_until_that_delivery_is_over(play: Play) -> None:
    """local forwards, bounce reports: both wait for us while we wait for them."""

    async def scenario(world: World) -> None:
        world.hanging = True
        await world.enqueue()
        await world.quiet_after(lambda: world.requests, active=True)
        world.activity.leave()
        world.client.close()
        world.client = Client(str(world.run / "qmgr"), qmgr.CONTRACT)
        queue_id, answer = await world.enqueue()
        assert answer == Stored()
        world.hanging = False
        await idle(world)
        assert len(world.requests) == 1
        await world.restart()
        await world.quiet()
        assert [request.queue_id for request in world.requests[1:]] == [queue_id]

    play(scenario)


def test_who_was_served_while_we_left_is_not_served_again(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = deliver_one
        world.hanging = True
        queue_id, _ = await world.enqueue(TWO)
        await world.quiet_after(lambda: len(world.requests) == 2, active=True)
        world.activity.leave()
        world.hanging = False
        await idle(world)
        assert world.spool.deferred.queue_ids() == [queue_id]
        (waiting,) = await world.spool.load(world.spool.deferred, [queue_id])
        assert waiting.state.envelope.recipients == TWO[:1]

    play(scenario, transports=ONE_AT_A_TIME)


def test_who_was_served_is_on_record_before_the_others_failure_is_told(play: Play) -> None:
    """bounce may take its time, and we may die meanwhile."""

    async def scenario(world: World) -> None:
        def agent(request: Deliver) -> Report:
            return Report((Outcome(0, "5.0.0", "text"), Outcome(1, "2.0.0", "text")))

        world.agent = agent
        world.telling = False
        await world.enqueue(TWO)
        await world.quiet_after(lambda: world.told, active=True)
        (message,) = world.manager.active
        assert message.stored._done_since == {1}
        world.telling = True
        await world.quiet()

    play(scenario)


def test_report_on_chatty_hosts_goes_out_in_parts(play: Play) -> None:
    """Each fits a frame, whatever was said in whichever script."""
    said = "\u5fae" * 2000

    async def scenario(world: World) -> None:
        def agent(request: Deliver) -> Report:
            report = reply_all("5.0.0", said)(request)
            return structs.replace(
                report,
                outcomes=tuple(structs.replace(o, remote_reply=said) for o in report.outcomes),
            )

        world.agent = agent
        people = tuple(Recipient(f"user{number}@example.com") for number in range(900))
        queue_id, _ = await world.enqueue(people)
        await world.quiet()
        told = [r for question in world.told for r in question.envelope.recipients]
        assert told == list(people)
        assert len(world.told) > 1
        assert (
            max(sum(len(outcome.text) for outcome in question.outcomes) for question in world.told)
            < reports._MAX_CHARACTERS
        )
        assert world.lines(queue_id)[-1] == "removed"

    play(scenario)
