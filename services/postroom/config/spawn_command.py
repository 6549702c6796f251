"""The command attributes of a spawn(8) line in master.cf: ``user=… argv=…``."""

from collections.abc import Iterable
from typing import NamedTuple

from postroom.config.pipe_command import BadCommand, argv_of, user_and_group


class SpawnCommand(NamedTuple):
    """What to run for each client, and as whom."""

    user: str
    argv: tuple[str, ...]
    group: str = ""


def parse_spawn_command(arguments: Iterable[str]) -> SpawnCommand:
    """The command of a service's ``arguments``; raises BadCommand."""
    rest = iter(arguments)
    user = group = ""
    argv: tuple[str, ...] = ()
    for word in rest:
        name, equals, value = word.partition("=")
        if name == "argv" and equals:
            argv = argv_of(value, rest)
        elif name == "user" and equals:
            user, group = user_and_group(value)
        elif not word.startswith("-"):
            raise BadCommand(f"unknown attribute: {word}")
    for name, found in (("user", user), ("argv", argv)):
        if not found:
            raise BadCommand(f"missing {name}= attribute")
    return SpawnCommand(user, argv, group)
