"""Whom the superuser asks about the queue: the queue manager, or, while there is none, the disk."""

import os
from pathlib import Path

from postroom.commands.queue import on_disk
from postroom.commands.queue.at_rest import QueueAtRest
from postroom.contracts.queue_admin import CONTRACT
from postroom.ipc.client import Client
from postroom.spool.aside import Warn
from postroom.systemd.places import socket_path

Keeper = Client | QueueAtRest


def keeper(warn: Warn) -> Keeper:
    """Without its socket the mail system is stopped; ``warn`` gets what is wrong with the disk."""
    path = socket_path(CONTRACT.name)
    if not Path(path).exists() and os.geteuid() == 0:
        directory = on_disk.directory()
        if directory.is_dir():
            return QueueAtRest(directory, warn)
    return Client(path, CONTRACT)
