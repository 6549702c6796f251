"""Files that only root may read, for the services that need them (systemd.exec(5), credentials)."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from postroom.config.table_credentials import credential_name


class SecretFile(NamedTuple):
    """``state`` makes another unit of another file, so that a reload hands it over."""

    credential: str
    path: str
    state: str


def secret_files(paths: Iterable[str]) -> tuple[SecretFile, ...]:
    """Each once; a relative path is nobody's file."""
    return tuple(
        SecretFile(credential_name(path), path, state_of(path))
        for path in dict.fromkeys(paths)
        if path.startswith("/")
    )


def state_of(path: str) -> str:
    """What changes with the file: a renewed certificate makes the unit another one."""
    try:
        found = Path(path).stat()
    except OSError:
        return "missing"
    return f"{found.st_mtime_ns}.{found.st_size}"
