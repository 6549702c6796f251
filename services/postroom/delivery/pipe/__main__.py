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
from postroom.delivery.impersonation.program import run_agent
from postroom.delivery.impersonation.tasks import RunCommand
from postroom.delivery.impersonation.worker import Worker
from postroom.delivery.pipe.delivery import PipeDelivery
from postroom.delivery.pipe.settings import Settings
from postroom.maillog.delivery import DeliveryLog


def main() -> None:
    """Workers are forked from the nursery: commands are started by none that reads the mail."""
    nursery = Nursery.start(Worker({RunCommand: run_commands}))
    capabilities.hide_memory()
    run_agent(nursery, Settings, "pipe", _agent)


def _agent(settings: Settings, pool: WorkerPool, log: DeliveryLog) -> Agent:
    deliver = _deliverer(settings, pool, log)
    return Agent(deliver, log, settings.soft_bounce, settings.pipe_delivery_status_filter)


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
