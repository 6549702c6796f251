"""Start pipe(8)."""

import os
import pwd

from postroom.config.pipe_command import parse_pipe_command
from postroom.delivery.agent import Agent, Deliverer
from postroom.delivery.attempt import Attempt
from postroom.delivery.command.running import run_commands
from postroom.delivery.impersonation import capabilities
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import RunCommand
from postroom.delivery.impersonation.worker import Worker
from postroom.delivery.pipe.delivery import PipeDelivery
from postroom.delivery.pipe.settings import Settings
from postroom.maillog.delivery import DeliveryLog
from postroom.maillog.forms import Forms
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


def main() -> None:
    """Workers are forked from the nursery: commands are started by none that reads the mail."""
    nursery = Nursery.start(Worker({RunCommand: run_commands}))
    capabilities.hide_memory()

    async def serve(service: Service) -> None:
        settings = read_settings(Settings)
        log = DeliveryLog.open(
            settings.syslog_name,
            "pipe",
            Forms.of(settings.info_log_address_format, settings.delay_logging_resolution_limit),
        )
        pool = WorkerPool(nursery, settings.process_limit)
        nursery.when_gone(service.activity.leave)
        deliver = _deliverer(settings, pool, log)
        agent = Agent(deliver, log, settings.soft_bounce, settings.pipe_delivery_status_filter)
        await agent.serve(service, settings.max_idle)
        pool.close()

    run(serve)


def _deliverer(settings: Settings, pool: WorkerPool, log: DeliveryLog) -> Deliverer:
    """The generator has systemd start us as the command's user, if there is one."""
    command = parse_pipe_command(settings.arguments)
    try:
        expected = pwd.getpwnam(command.user).pw_uid
    except KeyError:
        expected = -1
    if expected == os.getuid():
        runs_as = Identity(os.getuid(), os.getgid(), root=command.chroot)
        return PipeDelivery(settings, command, runs_as, pool, log)

    async def refuse(attempt: Attempt) -> None:
        log.warning(f"user={command.user}: no such user when the configuration was loaded")
        attempt.settle_rest("4.3.5", "mail system configuration error", settings.service_name)

    return refuse


if __name__ == "__main__":
    main()
