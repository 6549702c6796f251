"""Start qmgr(8): open the spool, serve three sockets, and leave when only deferred mail is left."""

from pathlib import Path

from postroom.contracts import qmgr, queue_admin, showq
from postroom.ipc.server import Server
from postroom.ipc.serving import server_of
from postroom.mail.queue_id import QueueIdAllocator
from postroom.maillog.forms import Forms
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.admin import Admin
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.farewell import Farewell
from postroom.queue.qmgr.inflow import Inflow
from postroom.queue.qmgr.intake import Intake
from postroom.queue.qmgr.listing import Listing
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.overflow import Overflow
from postroom.queue.qmgr.permission import Permission
from postroom.queue.qmgr.settings import Settings
from postroom.spool.claim import claim
from postroom.spool.opening import missing_directories
from postroom.spool.space import FreeSpace
from postroom.spool.store import Spool
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import state_directory
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = QueueManagerLog.open(
        settings,
        "qmgr",
        Forms.of(settings.info_log_address_format, settings.delay_logging_resolution_limit),
    )
    directory = state_directory()
    spool = _open(directory, log)
    ids = QueueIdAllocator(spool.highest)
    manager = Manager(settings, spool, log, service.activity)
    permission = Permission(settings, log)
    deferred = DeferredQueue(manager, service.activity, settings.queue_run_delay)
    space = FreeSpace(directory, settings.queue_minfree, settings.message_size_limit)
    inflow = Inflow(settings.in_flow_delay, settings.default_process_limit)
    intake = Intake(manager, ids, space, Overflow(manager, deferred, inflow))
    for message in await spool.survivors():
        manager.activate(message)
    mail = Server(
        service.listener(qmgr.CONTRACT.name),
        qmgr.CONTRACT,
        intake.answerer_for,
        # Not the activity itself, so that it leaves by ``Farewell`` alone.
        lambda: service.activity,
    )
    servers = (
        mail,
        server_of(service, showq.CONTRACT, Listing(manager, deferred, permission).answerer_for),
        server_of(service, queue_admin.CONTRACT, Admin(manager, deferred).answerer_for),
    )
    deferred.run()
    service.activity.when_leaving(deferred.stop)
    service.activity.when_leaving(manager.active.abandon)
    service.activity.when_leaving(Farewell(manager, mail).begin)
    try:
        await service.serve_until_idle(settings.max_idle)
    finally:
        deferred.stop()
        for server in servers:
            server.close()
        manager.close()
        await spool.close(ids.highest, intake.taken.reports())


def _open(directory: Path, log: QueueManagerLog) -> Spool:
    """Ours until we end; while postsuper has it, systemd starts us again."""
    for missing in missing_directories(directory):
        log.warning(f"creating missing directory {missing}")
    try:
        claim(directory)
        return Spool(directory, log.warning)
    except OSError as error:
        log.fatal(f"the spool cannot be used: {error}")
        raise


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
