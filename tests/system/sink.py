"""smtp-sink(1) in a machine: whatever is sent to it arrives."""

from collections.abc import Iterator
from contextlib import contextmanager

from machine import Machine

_PORT = "2525"
RELAYHOST = f"[127.0.0.1]:{_PORT}"


@contextmanager
def sink(machine: Machine, *options: str, directory: str = "/") -> Iterator[None]:
    """Runs meanwhile; with ``-d`` messages are left in the ``directory``."""
    unit = ("--unit=sink", f"--working-directory={directory}")
    command = ("smtp-sink", "-u", "nobody", *options, f"127.0.0.1:{_PORT}", "100")
    machine.run("systemd-run", "-q", "--collect", *unit, *command)
    try:
        machine.wait_for("the sink", lambda: machine.run("ss", "-Hltn", "sport", "=", _PORT))
        yield
    finally:
        machine.run("systemctl", "stop", "sink")
