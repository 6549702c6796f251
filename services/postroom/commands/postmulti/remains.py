"""What an instance has on the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from postroom.commands.postroom.apply import APPLIED
from postroom.commands.queue import on_disk, submitted
from postroom.commands.served_directory import go_by
from postroom.instance import drop_directory, instance_of, queue_directory


def has_mail(directory: Path) -> bool:
    """Whether any waits, in its queue or on the way to it."""
    go_by(str(directory))
    queue, maildrop = on_disk.directory(), submitted.directory()
    queued = queue.is_dir() and bool(on_disk.queued())
    return queued or (maildrop.is_dir() and any(submitted.entries()))


def remove(directory: Path) -> Iterator[Path]:
    """Its state and its configuration; yields what is not known to be its alone, and stays."""
    go_by(str(directory))
    queue, name = on_disk.directory(), instance_of(str(directory))
    own = queue_directory(name)
    for state in (own, drop_directory(name), f"{own}-local", f"{own}-verify"):
        shutil.rmtree(state, ignore_errors=True)
    if queue.exists():
        yield queue
    shutil.rmtree(directory / APPLIED, ignore_errors=True)
    for file in ("main.cf", "master.cf"):
        (directory / file).unlink(missing_ok=True)
    try:
        directory.rmdir()
    except OSError:
        yield directory
