"""Directories as the package wants them; those of the queue are made right by each start of their
service (StateDirectory= in systemd.exec(5))."""

import subprocess

from postroom.commands.postroom.manager import Failed

_COMMAND = ("/usr/bin/systemd-tmpfiles", "--create", "postroom.conf")


def make_directories() -> None:
    """Raises Failed."""
    ran = subprocess.run(_COMMAND, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise Failed(ran.stderr.strip() or "systemd-tmpfiles failed")
