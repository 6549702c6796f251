"""Read an ``:include:`` file with somebody's rights, in a worker, for a process without any."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.local.keeper import Kept, open_as_root

# Some hundred thousand addresses.
MAX_LIST = 16 * 1024 * 1024
# The reader may not read it; who owns it, as far as one can see, stands in the text.
NOT_OURS = "4.7.0"
_OPEN = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC


class Unsuitable(Exception):
    """The file is none to take addresses from; the text says why."""


def copy_lists(jobs: Sequence[Job]) -> list[Result]:
    """Each into its task's descriptor; the result's text is the owner's uid."""
    return [_copy(job.task.path, job.content.descriptor) for job in jobs]


def _copy(path: str, target: int) -> Result:
    try:
        descriptor = os.open(path, _OPEN) if os.getuid() else open_as_root(path, _OPEN)
    except Kept as kept:
        return Result(NOT_OURS, str(kept.uid))
    except PermissionError:
        return _not_ours(path)
    except OSError as error:
        return Result("5.3.5", f"unable to lookup :include: file {path}: {error.strerror}")
    try:
        status = os.fstat(descriptor)
        _check(status)
        os.sendfile(target, descriptor, 0, MAX_LIST)
    except Unsuitable as reason:
        return Result("5.3.5", f":include: file {path} {reason}")
    finally:
        os.close(descriptor)
    return Result("2.0.0", str(status.st_uid))


def _not_ours(path: str) -> Result:
    """In a directory that is closed to us, it is probably the directory's owner's."""
    for place in (Path(path), *Path(path).parents):
        try:
            return Result(NOT_OURS, str(place.stat().st_uid))
        except PermissionError:
            continue
    return Result("5.3.5", f"unable to lookup :include: file {path}: Permission denied")


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unsuitable("is not a regular file")
    if status.st_mode & stat.S_IWOTH:
        raise Unsuitable("is world writable")
    if status.st_size > MAX_LIST:
        raise Unsuitable(f"is larger than {MAX_LIST} bytes")
