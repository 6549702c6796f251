"""Mounts that nobody else sees: a machine started meanwhile would copy them, and keep them busy."""

import ctypes
import os
from subprocess import run

# sched.h
_CLONE_NEWNS = 0x20000


def keep_mounts_private() -> None:
    """From here on, for this thread and all it starts (unshare(2)); raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    run(["mount", "--make-rprivate", "/"], check=True)
