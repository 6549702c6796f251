"""What smtp finds to be for ourselves goes to best_mx_transport."""

from collections.abc import Callable

import pytest

from postroom.contracts.delivery import Deliver, Report
from postroom.mail.status import Outcome
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import Play, World, people

# smtp passes on what is for ourselves.
LOCAL_TOO = (
    transport(best_mx_transport="local:there"),
    transport("local"),
    transport("retry"),
)


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
