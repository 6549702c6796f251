"""A control group per machine: two machines in one would share their services' groups."""

import os
from pathlib import Path

ALL = Path("/sys/fs/cgroup")


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
    """Remove the emptied group with those systemd made below it."""
    for group in groups(name):
        for path, _, _ in os.walk(group, topdown=False):
            try:
                Path(path).rmdir()
            except OSError:  # a last process is still being reaped; the next start tries again
                return
