"""Put a configuration into effect: whole, or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postroom.commands.postroom import manager
from postroom.commands.postroom.generation import generate
from postroom.commands.postroom.unit_set import Changes, compare, read

# The generator's wrapper knows this name.
APPLIED = ".generated"


def apply(source: Path) -> Changes:
    """Make what runs be what main.cf and master.cf in ``source`` say.

    Raises Rejected, before anything was touched, or manager.Failed.
    """
    with aside(source) as fresh:
        generate(source, fresh)
        changes = compare(read(source / APPLIED), read(fresh))
        _keep(fresh, source / APPLIED)
    if manager.running():
        # While systemd knows them: what is gone and does not run is no unit after the reload.
        manager.stop(manager.alive(changes.gone))
        manager.daemon_reload()
        _carry_out(changes, manager.target(source))
    return changes


def applied_units(source: Path) -> list[str]:
    """The units that run by the configuration in ``source``."""
    return sorted(read(source / APPLIED))


@contextmanager
def aside(source: Path) -> Iterator[Path]:
    """A directory for units, on the file system of the set that it may replace."""
    directory = Path(tempfile.mkdtemp(prefix=f"{APPLIED}-", dir=source))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _keep(fresh: Path, applied: Path) -> None:
    """Replace the last good set; systemd and all users may read it."""
    fresh.chmod(0o755)
    old = fresh.with_name(f"{fresh.name}-old")
    if applied.is_dir():
        applied.rename(old)
    fresh.rename(applied)
    shutil.rmtree(old, ignore_errors=True)


def _carry_out(changes: Changes, target: str) -> None:
    """A changed listener stops the service that requires it; the rest stays open."""
    try:
        manager.reopen(manager.alive(changes.listeners))
        if manager.is_active(target):
            # Not only started: a set that was lost and came back is active and listens no more.
            manager.reopen(changes.new)
            # Tries again what could not start the last time: a port was taken, say.
            manager.start((target,))
    finally:
        manager.restart_if_active(changes.services)
