"""A set of generated units on disk, and how two of them differ."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# On demand or by another unit: a service is never started for being new.
_STARTED_BY_TARGET = (".socket", ".timer")
_SERVICE_OF_SOCKET = re.compile(r"^Service=(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Changes:
    """Unit names: what to stop, to restart, and to start."""

    gone: tuple[str, ...]
    listeners: tuple[str, ...]
    services: tuple[str, ...]
    new: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.listeners or self.services or self.new)


def read(directory: Path) -> Mapping[str, str]:
    """Text by unit name; empty where there is no such directory."""
    if not directory.is_dir():
        return {}
    return {path.name: path.read_text("utf-8") for path in directory.iterdir() if path.is_file()}


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> Changes:
    """What must happen to units that run as ``old`` says so that they run as ``new`` says."""
    changed = sorted(name for name in new if name in old and new[name] != old[name])
    listeners = tuple(name for name in changed if name.endswith(_STARTED_BY_TARGET))
    restarted = set(_services_of(new[name] for name in listeners))
    return Changes(
        gone=tuple(sorted(old.keys() - new.keys())),
        listeners=listeners,
        services=tuple(
            name for name in changed if name.endswith(".service") and name not in restarted
        ),
        new=tuple(sorted(n for n in new.keys() - old.keys() if n.endswith(_STARTED_BY_TARGET))),
    )


def _services_of(sockets: Iterable[str]) -> Iterable[str]:
    """Services that restart with their socket, because they require it."""
    for text in sockets:
        yield from _SERVICE_OF_SOCKET.findall(text)
