"""Read a user's .forward file, in a worker with the user's rights."""

import os
import stat

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import ReadForward, Result

# Far more than any list somebody keeps by hand.
MAX_FORWARD = 60_000
# There was no file, or it may not be trusted: the mailbox gets the mail.
NONE = Result("2.0.0", "")
_OPEN = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC


def read_forward(task: ReadForward, _: Content) -> Result:
    """The first file that exists; raises OSError where one cannot be read, which defers."""
    for path in task.paths:
        try:
            descriptor = os.open(path, _OPEN)
        except (FileNotFoundError, NotADirectoryError):
            continue
        try:
            if not _is_trustworthy(os.fstat(descriptor)):
                return NONE
            text = os.read(descriptor, MAX_FORWARD + 1)
        finally:
            os.close(descriptor)
        if len(text) > MAX_FORWARD:
            return Result("4.3.0", f"{path} is larger than {MAX_FORWARD} bytes")
        return Result("2.0.0", text.decode("utf-8", "replace"))
    return NONE


def _is_trustworthy(status: os.stat_result) -> bool:
    """Nobody but the user or root can have written it (local(8), .forward)."""
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_uid in (0, os.getuid())
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
