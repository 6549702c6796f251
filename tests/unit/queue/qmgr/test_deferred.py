"""Mail that waits is looked for again, whatever kept a run from seeing it."""

import asyncio
import errno
import os

from unit.queue.qmgr.world import Play, World, reply_all


def test_a_directory_that_cannot_be_read_now_is_read_the_next_time(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        await world.enqueue()
        await world.quiet_after(world.spool.deferred.queue_ids)
        world.agent = reply_all("2.0.0")
        due = world.spool.deferred.due

        def fail(until: float) -> None:
            world.spool.deferred.due = due
            raise OSError(errno.ENFILE, os.strerror(errno.ENFILE))

        world.spool.deferred.due = fail
        world.deferred.flush()
        await world.quiet_after(lambda: any("cannot be read" in x for x in world.journal.lines))
        world.deferred.flush()
        await world.quiet_after(lambda: not world.spool.deferred.queue_ids())

    play(scenario)


def test_who_was_put_off_since_the_run_began_is_not_tried_in_it(play: Play) -> None:
    async def scenario(world: World) -> None:
        world.agent = reply_all("4.0.0")
        queue_id, _ = await world.enqueue()
        await world.quiet_after(world.spool.deferred.queue_ids)
        due = world.spool.deferred.due
        # What a run listed before the attempt that was just made.
        world.spool.deferred.due = lambda until: due(until) or [(0.0, queue_id)]
        world.deferred.run()
        world.deferred.run()
        await asyncio.sleep(0.3)
        assert len(world.requests) == 1
        world.deferred.flush()
        await world.quiet_after(lambda: len(world.requests) == 2)

    play(scenario)
