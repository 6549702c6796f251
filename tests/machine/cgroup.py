"""A control group per machine: two machines in one would share their services' groups."""

import os
import time
from pathlib import Path

ALL = Path("/sys/fs/cgroup")
REAPING_SECONDS = 2.0


def groups(name: str) -> list[Path]:
    """One path on a plain v2 host; v2's and systemd's own hierarchy where both are mounted."""
    if (ALL / "cgroup.controllers").exists():
        return [ALL / name]
    return [ALL / tree / name for tree in ("unified", "systemd") if (ALL / tree).is_dir()]


def create(name: str) -> None:
    for group in groups(name):
        group.mkdir(exist_ok=True)


def join(name: str) -> None:
    """Move the calling process; for a child between fork and exec."""
    for group in groups(name):
        (group / "cgroup.procs").write_text(f"{os.getpid()}\n")


def kill(name: str) -> None:
    """End every process in the group, orphans included."""
    for group in groups(name):
        if (group / "cgroup.kill").exists():
            (group / "cgroup.kill").write_text("1\n")


def remove(name: str) -> None:
    """Remove the emptied group with those systemd made below it.

    Linux also kills who is born into a group below one that was ever told to kill: a machine
    that boots again needs a new one.
    """
    for group in groups(name):
        deadline = time.monotonic() + REAPING_SECONDS
        while not _removed(group) and time.monotonic() < deadline:
            time.sleep(0.02)


def _removed(group: Path) -> bool:
    """False while a last process is still being reaped."""
    try:
        for path, _, _ in os.walk(group, topdown=False):
            Path(path).rmdir()
    except OSError:
        return False
    return True
