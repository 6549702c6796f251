"""Very long lists are read one part after the other."""

from collections.abc import Callable
from typing import Any

from postroom.contracts.qmgr import Stored
from postroom.contracts.queue_admin import Action
from postroom.queue.qmgr.dispatcher import Dispatcher
from postroom.queue.qmgr.message import ActiveMessage
from postroom.queue.qmgr.scheduler import Scheduler
from postroom.queue.qmgr.supply import Supply
from postroom.queue.qmgr.transport_queue import Group
from unit.queue.qmgr.transports import transport
from unit.queue.qmgr.world import World, people, reply_all

SMALL = {
    "qmgr_message_recipient_limit": 40,
    "qmgr_message_recipient_minimum": 10,
    "transports": (
        transport(
            "smtp",
            destination_recipient_limit=2,
            recipient_limit=20,
            extra_recipient_limit=10,
            recipient_refill_limit=5,
            recipient_refill_delay=0.05,
        ),
        transport("retry"),
    ),
}


def served(world: World) -> list[str]:
    return [r.address for request in world.requests for r in request.envelope.recipients]


class Watch:
    """Sees how many recipients the scheduler has after each start of deliveries."""

    def __init__(self, world: World) -> None:
        self.most = 0
        dispatcher: Dispatcher = world.manager.dispatcher
        pump = dispatcher.pump

        def look() -> None:
            self.most = max(self.most, world.manager.scheduler.recipients)
            pump()

        dispatcher.pump = look  # type: ignore[method-assign]


def test_everybody_on_a_long_list_is_served_once_though_few_are_read_at_a_time(
    play: Callable[..., None],
) -> None:
    async def scenario(world: World) -> None:
        watch = Watch(world)
        assert (await world.enqueue(people(500)))[1] == Stored()
        await world.quiet_after(lambda: len(served(world)) == 500)
        assert sorted(served(world)) == sorted(r.address for r in people(500))
        assert watch.most <= 40

    play(scenario, **SMALL)


def test_a_list_is_served_though_its_transport_shall_hold_nobody_of_it(
    play: Callable[..., None],
) -> None:
    """Postfix takes 0 for these limits, and so does main.cf here."""
    nothing = {"recipient_limit": 0, "extra_recipient_limit": 0, "recipient_refill_limit": 0}

    async def scenario(world: World) -> None:
        await world.enqueue(people(100))
        await world.quiet_after(lambda: len(served(world)) == 100)

    play(scenario, **{**SMALL, "transports": (transport("smtp", **nothing), transport("retry"))})


def test_a_few_recipients_are_read_whatever_else_is(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        await world.enqueue(people(100))
        await world.enqueue(people(10, "small.example"))
        await world.quiet_after(
            lambda: "user9@small.example" in served(world) or len(served(world)) >= 8, active=True
        )
        assert world.manager.scheduler.recipients == 50
        world.hanging = False
        await world.quiet_after(lambda: len(served(world)) == 110)

    play(scenario, **SMALL)


def test_a_withdrawn_list_is_gone_with_what_was_not_read(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.hanging = True
        queue_id, _ = await world.enqueue(people(200))
        await world.quiet_after(lambda: world.requests, active=True)
        await world.order(Action.DELETE, queue_id)
        world.hanging = False
        await world.quiet_after(lambda: world.manager.active.get(queue_id) is None)
        assert len(served(world)) < 20

    play(scenario, **SMALL)


def test_a_list_with_no_way_to_go_is_put_off_whole(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.3.2")
        queue_id, _ = await world.enqueue(people(200))
        await world.quiet_after(lambda: world.spool.deferred.queue_ids() == [queue_id])
        assert len(served(world)) == 200

    play(scenario, **(SMALL | {"defer_transports": ("smtp",)}))


def test_nothing_is_remembered_of_a_list_that_was_served(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.4.1", failure="refused")
        await world.enqueue(people(100) + people(100, "elsewhere.example"))
        await world.quiet_after(world.spool.deferred.queue_ids)
        queues = [world.manager.scheduler.transport(name) for name in ("smtp", "retry")]
        assert [queue.messages for queue in queues if queue] == [0, 0]
        assert world.manager.scheduler.recipients == 0

    play(scenario, **SMALL)


class Known:
    """As much of an active message as is asked for."""

    def __init__(self, count: int) -> None:
        self.left = count


class Library:
    """One transport that has room for 100 recipients; lists of which the first 10 are there."""

    def __init__(self) -> None:
        settings = transport("smtp", recipient_limit=100, extra_recipient_limit=40)
        self.scheduler = Scheduler([settings], 60.0, 1000, print)
        queue = self.scheduler.transport("smtp")
        assert queue is not None
        self.queue = queue
        self.supply = Supply(self.scheduler, [settings], 0, 10)

    def open(self, count: int) -> Any:
        message: Any = Known(count)
        first = self.supply.first(message, list(range(count)), 0.0)
        self.queue.add(message, [Group("a", "a", first)], 0.0)
        self.supply.assigned(message, {"smtp"})
        return message

    def more(self, now: float) -> list[tuple[Any, int]]:
        return [(message, len(portion)) for message, portion in self.supply.more(now)]


def test_room_is_for_the_oldest_list_that_needs_it() -> None:
    library = Library()
    first, second = library.open(500), library.open(500)
    assert library.more(1.0) == []
    assert library.more(5.0) == [(first, 80)]
    assert library.supply.unread(second) == 490


def test_a_list_that_goes_first_gets_half_of_the_room_and_of_the_extra() -> None:
    library = Library()
    first, second = library.open(500), library.open(500)
    library.queue._turns.promote(library.queue._jobs[second])
    assert library.more(5.0) == [(first, 80), (second, 60)]


def test_most_messages_are_read_whole(play: Callable[..., None]) -> None:
    async def scenario(world: World) -> None:
        read: list[int] = []
        add = world.manager.dispatcher.add

        def look(message: ActiveMessage, name: str, groups: list[Group]) -> None:
            read.append(sum(len(group.recipients) for group in groups))
            add(message, name, groups)

        world.manager.dispatcher.add = look  # type: ignore[method-assign,assignment]
        await world.enqueue(people(1000))
        await world.quiet_after(lambda: len(served(world)) == 1000)
        assert read == [1000]

    play(scenario)
