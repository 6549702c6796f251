"""The components that run in a machine at this moment, and their processes."""

from pathlib import Path

from machine import Machine


def running(machine: Machine) -> dict[str, list[int]]:
    """Unit names and their processes, numbered as outside the machine."""
    groups = machine.path("/sys/fs/cgroup").glob("postroom.slice/**/*.service/cgroup.procs")
    units = {group.parent.name: _processes(group) for group in groups}
    return {unit: processes for unit, processes in units.items() if processes}


def _processes(group: Path) -> list[int]:
    try:
        return [int(line) for line in group.read_text().split() if line != "0"]
    except OSError:  # the service just left
        return []
