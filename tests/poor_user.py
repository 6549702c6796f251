"""A user who may start no process and no thread."""

import os
import resource
from collections.abc import Callable

UID = 12345


def as_poor_user(work: Callable[[], int]) -> int:
    """The exit code of a process of that user's that does ``work``, which says which it is.

    RLIMIT_NPROC counts threads, too, and does not bind root.
    """
    child = os.fork()
    if child == 0:
        code = 2
        try:
            os.setresgid(UID, UID, UID)
            os.setresuid(UID, UID, UID)
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
