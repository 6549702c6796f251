"""Private Debian machines with real systemd, for tests and for trying things by hand.

``Machine`` boots one in a second or two (systemd-nspawn over a cached root), runs commands in it,
moves files, reads its journal; ``connect`` wires two together; ``Nameserver`` gives them names.
Nothing outside the machine is touched, and nothing stays behind when its owner dies.
"""

from machine.booted import Machine
from machine.nameserver import Nameserver
from machine.wire import connect

__all__ = ["Machine", "Nameserver", "connect"]
