"""Start local(8)."""

from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.contracts.intake import Intake
from postroom.delivery.agent import Agent
from postroom.delivery.command.running import run_commands
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import (
    Announce,
    AppendMbox,
    RunCommand,
    Task,
    UnlessForwarded,
    WriteMaildir,
)
from postroom.delivery.impersonation.worker import Skill, Worker
from postroom.delivery.local.delivery import LocalDelivery
from postroom.delivery.local.forward_file import unless_forwarded
from postroom.delivery.local.settings import Settings
from postroom.delivery.mailbox.maildir import write_maildirs
from postroom.delivery.mailbox.mbox import append_mboxes
from postroom.ipc.client import Client
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run

SKILLS: dict[type[Task], Skill] = {
    AppendMbox: append_mboxes,
    RunCommand: run_commands,
    WriteMaildir: write_maildirs,
    Announce: lambda jobs: [job.task.result for job in jobs],
}
SKILLS[UnlessForwarded] = unless_forwarded(SKILLS)


def main() -> None:
    """The nursery is forked first, while this process is small and single-threaded."""
    nursery = Nursery.start(Worker(SKILLS))

    async def serve(service: Service) -> None:
        settings = read_settings(Settings)
        log = DeliveryLog.open(settings.syslog_name, "local")
        pool = WorkerPool(nursery, settings.process_limit)
        intake = Intake(Client(socket_path("cleanup"), CLEANUP))
        deliver = LocalDelivery(settings, pool, intake)
        await Agent(deliver, log, settings.soft_bounce).serve(service, settings.max_idle)
        pool.close()

    run(serve)


if __name__ == "__main__":
    main()
