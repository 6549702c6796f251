"""Where sockets are, by the instance that MAIL_CONFIG names, and state, by what systemd says."""

import os
from pathlib import Path

from postroom import instance


def socket_path(service: str) -> str:
    """The socket of a service by its name in master.cf."""
    return f"{run_directory()}/{service}"


def run_directory() -> str:
    """Of the mail system that this process belongs to, or asks."""
    return instance.run_directory(instance.current())


def state_directory() -> Path:
    """This service's own StateDirectory= (systemd.exec(5)); KeyError outside a unit."""
    return Path(os.environ["STATE_DIRECTORY"])
