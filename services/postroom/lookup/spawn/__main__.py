"""Start spawn(8)."""

import asyncio
import os
import pwd

from postroom.config.environment import exported
from postroom.config.spawn_command import SpawnCommand, parse_spawn_command
from postroom.lookup.spawn.attendant import Attendant
from postroom.lookup.spawn.command import Command
from postroom.lookup.spawn.settings import Settings
from postroom.maillog.spawn import SpawnLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = SpawnLog.open(settings, "spawn")
    wanted = parse_spawn_command(settings.arguments)
    environment = exported(settings.export_environment)
    command = None
    if _is_ours(wanted):
        command = Command(wanted.argv, environment, settings.time_limit, log)
    else:
        log.no_such_user(wanted.user)
    attendant = Attendant(command, settings.process_limit, service.activity)
    standing = [
        asyncio.ensure_future(attendant.stand(listener)) for listener in service.listeners["spawn"]
    ]
    await service.serve_until_idle(settings.max_idle)
    for each in standing:
        each.cancel()


def _is_ours(command: SpawnCommand) -> bool:
    """The generator has systemd start us as the command's user, if there is one."""
    try:
        return pwd.getpwnam(command.user).pw_uid == os.getuid()
    except KeyError:
        return False


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
