"""Run qmgr: open the spool, serve its three sockets, and leave when only deferred mail is left."""

import asyncio

from postroom.contracts import qmgr, queue_admin, showq
from postroom.ipc.server import Server
from postroom.mail.queue_id import QueueIdAllocator
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.admin import Admin
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.intake import Intake
from postroom.queue.qmgr.listing import Listing
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.overflow import Overflow
from postroom.queue.qmgr.settings import Settings
from postroom.spool.space import FreeSpace
from postroom.spool.store import Spool
from postroom.systemd import places, service
from postroom.systemd.credentials import read_settings

# Any time (seconds) longer than a service's patience.
_DAY = 86_400.0


async def serve(this: service.Service) -> None:
    settings = read_settings(Settings)
    log = QueueManagerLog.open(settings.syslog_name, "qmgr")
    directory = places.state_directory()
    spool = Spool(directory, log.warning)
    ids = QueueIdAllocator(spool.highest)
    manager = Manager(settings, spool, log, this.activity)
    deferred = DeferredQueue(manager, this.activity, settings.queue_run_delay)
    space = FreeSpace(directory, settings.queue_minfree, settings.message_size_limit)
    intake = Intake(manager, ids, space, Overflow(manager, deferred))
    for message in await spool.survivors():
        manager.activate(message)
    servers = [
        Server(this.listener(contract.name), contract, answerer_for, this.activity)
        for contract, answerer_for in (
            (qmgr.CONTRACT, intake.answerer_for),
            (showq.CONTRACT, Listing(manager, deferred).answerer_for),
            (queue_admin.CONTRACT, Admin(manager, deferred).answerer_for),
        )
    ]
    deferred.run()
    leaving = asyncio.ensure_future(_stop_when_told(this, servers, intake, manager, deferred))
    await this.serve_until_idle(settings.max_idle)
    this.activity.leave()
    await leaving
    manager.close()
    await spool.close(ids.highest)


async def _stop_when_told(
    this: service.Service,
    servers: list[Server],
    intake: Intake,
    manager: Manager,
    deferred: DeferredQueue,
) -> None:
    """Take nothing new and start nothing new; deliveries that run are waited for."""
    while not this.activity.leaving:
        await this.activity.sleep(_DAY)
    for server in servers:
        server.close()
    deferred.stop()
    manager.active.abandon()
    await intake.stop()
    for server in servers:
        server.disconnect()


def main() -> None:
    service.run(serve)


if __name__ == "__main__":
    main()
