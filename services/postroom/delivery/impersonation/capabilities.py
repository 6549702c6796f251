"""Give capabilities up. Changing from one ordinary uid to another does not (capabilities(7))."""

import ctypes
import os

_PR_SET_DUMPABLE = 4
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def drop_all() -> None:
    """No capability is left, and none comes back by execve(2); raises OSError if that fails.

    Where there is none, no system call asks for one: a unit without capabilities forbids it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(_LINUX_CAPABILITY_VERSION_3, 0)
    held = (_Data * 2)()
    _check(libc.capget(ctypes.byref(header), held))
    if not any(half.permitted or half.inheritable for half in held):
        return
    _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
    _check(libc.capset(ctypes.byref(header), (_Data * 2)()))


def hide_memory() -> None:
    """The user whose uid we take may not look into our memory (prctl(2), PR_SET_DUMPABLE)."""
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
