"""Where sockets and state are: fixed names below /run, and what systemd hands us."""

import os
from pathlib import Path

RUN_DIRECTORY = "/run/postroom"


def socket_path(service: str) -> str:
    """The socket of a service by its name in master.cf."""
    return f"{RUN_DIRECTORY}/{service}"


def state_directory() -> Path:
    """This service's own StateDirectory= (systemd.exec(5)); KeyError outside a unit."""
    return Path(os.environ["STATE_DIRECTORY"])
