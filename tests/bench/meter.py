"""What a mailer uses: CPU time by component, memory of all its processes."""

import os
from pathlib import Path

from bench.mailers import Mailer

# Seconds by component; typeshed has Counter count in whole numbers only.
Cpu = dict[str, float]
JOURNAL = "system.slice/systemd-journald.service"


def cpu_seconds(mailer: Mailer) -> Cpu:
    """By unit, the journal's share included; the processes of Postfix's one unit by program."""
    groups = mailer.machine.path("/sys/fs/cgroup")
    whole = groups / mailer.group
    services = sorted(whole.glob("**/*.service"))
    used = {group.name.removesuffix(".service"): _group_seconds(group) for group in services}
    if not services:
        used = _programs(mailer)
    # What services or processes that have left used is only in the whole's own sum.
    used["(left)"] = _group_seconds(whole) - sum(used.values())
    used["journald"] = _group_seconds(groups / JOURNAL)
    return used


def since(before: Cpu, now: Cpu) -> Cpu:
    return {name: seconds - before.get(name, 0.0) for name, seconds in now.items()}


def _programs(mailer: Mailer) -> Cpu:
    """CPU seconds of the processes that live now, by program."""
    used: Cpu = {}
    for process in _processes(mailer):
        try:
            name, _, rest = (process / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:  # it just left
            continue
        fields = rest.split()
        ticks = int(fields[11]) + int(fields[12])
        used[name] = used.get(name, 0.0) + ticks / os.sysconf("SC_CLK_TCK")
    return used


def memory_megabytes(mailer: Mailer) -> float:
    """Proportional set size (proc(5), smaps_rollup) of all processes."""
    total = 0
    for process in _processes(mailer):
        try:
            lines = (process / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def queue_manager_megabytes(mailer: Mailer) -> float:
    """Resident memory of qmgr at its most so far (proc(5), VmHWM)."""
    most = 0
    for process in _processes(mailer):
        if b"qmgr" in (process / "cmdline").read_bytes():
            status = (process / "status").read_text()
            most = max(most, int(status.partition("VmHWM:")[2].split()[0]))
    return most / 1024


def _processes(mailer: Mailer) -> list[Path]:
    group = mailer.machine.path("/sys/fs/cgroup") / mailer.group
    return [
        Path("/proc") / pid
        for procs in group.glob("**/cgroup.procs")
        for pid in procs.read_text().split()
    ]


def _group_seconds(group: Path) -> float:
    try:
        lines = (group / "cpu.stat").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    fields = dict(line.split() for line in lines)
    return int(fields["usage_usec"]) / 1e6
