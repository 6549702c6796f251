"""Files that only root may read, handed to a service by systemd (systemd.exec(5), credentials)."""

import os
from pathlib import Path

from postroom.config.table_credentials import credential_name
from postroom.config.table_files import place_of
from postroom.instance import configuration_directory

# What stands for a file that was missing when the service began: a line end, for systemd takes no
# empty value (SetCredential=).
_NOTHING = 1


def credential(path: str) -> Path | None:
    """Where systemd has put the file for this service, if it has."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    found = Path(directory, credential_name(path)) if directory else None
    return found if found is not None and found.is_file() else None


def place_of_query(name: str) -> str:
    """The file with the parameters of a table that is a query."""
    return place_of(name, configuration_directory())


def is_newer(path: str) -> bool:
    """Whether the file was changed after it was handed over."""
    handed = credential(path)
    try:
        return handed is not None and Path(path).stat().st_mtime > handed.stat().st_mtime
    except OSError:
        return False  # what was handed over is all there is


def readable(path: str) -> Path:
    """Where to read the file: what was handed over, unless nothing was."""
    handed = credential(path)
    return handed if handed is not None and handed.stat().st_size > _NOTHING else Path(path)
