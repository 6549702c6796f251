"""Which system call of which component fails how, and at which time it is made."""

from random import Random
from typing import NamedTuple

COMPONENTS = ("qmgr", "cleanup", "postdrop", "pickup", "smtpd", "local")
# What a call may say when nobody did anything wrong (errno(3)).
_DISK = ("EIO", "ENOSPC", "EROFS", "EDQUOT")
_DESCRIPTORS = ("EMFILE", "ENFILE", "ENOMEM")
ERRORS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("openat",): ("EIO", "ENOSPC", "EROFS", *_DESCRIPTORS),
    ("write",): (*_DISK, "EINTR"),
    ("pwrite64", "pwritev", "pwritev2"): (*_DISK, "EINTR"),
    ("fsync",): ("EIO", "ENOSPC"),
    ("fdatasync",): ("EIO", "ENOSPC"),
    ("rename", "renameat", "renameat2"): _DISK,
    ("link", "linkat"): _DISK,
    ("unlink", "unlinkat"): ("EIO", "EROFS"),
    ("ftruncate",): _DISK,
    ("fallocate",): _DISK,
    ("utimensat",): ("EIO", "EROFS"),
    ("sendmsg", "sendto"): ("ENOBUFS", "ENOMEM", "ECONNRESET", "EINTR"),
    ("recvmsg", "recvfrom"): ("ENOMEM", "ECONNRESET", "EINTR"),
    ("accept4", "accept"): (*_DESCRIPTORS, "ECONNABORTED", "EINTR"),
}
# Threads of qmgr wake each other by write(2), which cannot fail; files it writes by pwrite(2).
_OTHER_USE = (("qmgr", ("write",)),)
# Threads count for themselves; in the few messages of a round none makes a call more often.
MAX_NUMBER = 40


class Fault(NamedTuple):
    """The ``number``-th of these ``calls`` in each thread of ``component`` fails with ``error``."""

    component: str
    calls: tuple[str, ...]
    error: str
    number: int

    @property
    def next(self) -> "Fault":
        """The same at the next time the call is made."""
        return self._replace(number=self.number + 1)

    def __str__(self) -> str:
        return f"{self.component}: {self.calls[0]} {self.number} {self.error}"


def first_of_each_kind(random: Random) -> list[Fault]:
    """In a random order."""
    faults = [
        Fault(component, calls, error, 1)
        for component in COMPONENTS
        for calls, errors in ERRORS.items()
        for error in errors
        if (component, calls) not in _OTHER_USE
    ]
    random.shuffle(faults)
    return faults
