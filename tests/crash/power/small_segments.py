"""A journal whose segments are used again every few seconds, and are soon read.

With segments as they are installed, a recording would hardly get to the end of the first.
"""

import postroom.spool.journal
import postroom.spool.segment
from machine import Machine
from machine.install import MODULES

SIZE = 1024 * 1024


def installed(machine: Machine) -> None:
    """In a machine, before its qmgr starts."""
    path = f"{MODULES}/postroom/spool/segment.py"
    changed = machine.read(path).replace("\nSIZE = 32 * 1024 * 1024\n", f"\nSIZE = {SIZE}\n")
    assert f"SIZE = {SIZE}" in changed
    machine.write(path, changed)
    machine.attempt("systemctl", "stop", "postroom-qmgr.service")
    machine.sh("rm -rf /var/lib/postroom/*")


def here() -> None:
    """In this process, which reads what that machine wrote."""
    postroom.spool.segment.SIZE = postroom.spool.journal.SIZE = SIZE
