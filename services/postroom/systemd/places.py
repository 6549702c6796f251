"""Where sockets are, by the instance that MAIL_CONFIG names, and state, by what systemd says."""

import os
from pathlib import Path

from postroom import instance


def socket_path(service: str) -> str:
    """The socket of a service of the mail system that this process belongs to, or asks."""
    return instance.socket_path(instance.current(), service)


def state_directory() -> Path:
    """This service's own StateDirectory= (systemd.exec(5)); KeyError outside a unit."""
    return Path(os.environ["STATE_DIRECTORY"])
