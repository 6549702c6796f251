"""One command for instance after instance."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from postroom.commands.postmulti.instances import NAMELESS, Instance
from postroom.config.configuration import load
from postroom.config.instances import first_instance

# What a command behind -x is told, besides MAIL_CONFIG.
_TOLD = (
    *("command_directory", "daemon_directory", "config_directory", "queue_directory"),
    *("data_directory", "multi_instance_name", "multi_instance_group", "multi_instance_enable"),
)


def show(instances: Iterable[Instance]) -> int:
    """A line for each: name, group, whether it is enabled, and its directory."""
    for one in instances:
        enabled = "y" if one.enabled else "n"
        name, group = one.name or NAMELESS, one.group or NAMELESS
        sys.stdout.write(f"{name:<15} {group:<15} {enabled:<9} {one.directory}\n")
    return 0


def execute(instances: Iterable[Instance], command: Sequence[str]) -> int:
    """Any command, which is told for which instance; 1 where it failed for one of them."""
    return _worst(_run(one, command, _environment(one)) for one in instances)


def control(instances: Sequence[Instance], words: Sequence[str]) -> int:
    """postfix(1) as the command says: to start, to stop, to control, or whatever else."""
    first = first_instance()

    def is_one(parameter: str) -> bool:
        return words[0] in first.elements(parameter)

    if is_one("postmulti_start_commands"):
        return _worst(_postfix(one, words if one.enabled else ("check",)) for one in instances)
    if is_one("postmulti_stop_commands"):
        enabled = [one for one in reversed(instances) if one.enabled]
        return _worst(_postfix(one, words) for one in enabled)
    skipped = is_one("postmulti_control_commands")
    return _worst(_postfix(one, words) for one in instances if one.enabled or not skipped)


def _postfix(instance: Instance, words: Sequence[str]) -> int:
    program = Path(sys.argv[0]).resolve().with_name("postfix")
    return _run(instance, (str(program), "-c", str(instance.directory), *words), dict(os.environ))


def _worst(codes: Iterator[int]) -> int:
    """Each is run, whatever became of those before it."""
    return int(any(list(codes)))


def _run(instance: Instance, command: Sequence[str], environment: dict[str, str]) -> int:
    sys.stdout.flush()
    environment["MAIL_CONFIG"] = str(instance.directory)
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except OSError as error:
        sys.stderr.write(f"postmulti: fatal: {command[0]}: {error.strerror}\n")
        return 1


def _environment(instance: Instance) -> dict[str, str]:
    configuration = load(instance.directory)
    return {**os.environ, **{name: configuration.text(name) for name in _TOLD}}
