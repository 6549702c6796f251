"""Sockets that live in a machine's network, held by a process outside it."""

import ctypes
import os
import socket
import threading
from pathlib import Path

CLONE_NEWNET = 0x40000000  # sched.h; os.setns() is Python 3.12's
_LIBC = ctypes.CDLL(None, use_errno=True)


def socket_in(process: int, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """A new TCP socket in the network of ``process``.

    A network namespace belongs to a thread, and a socket keeps the one it was made in: a thread
    enters, makes it, and ends.
    """
    made: list[socket.socket | OSError] = []

    def make() -> None:
        try:
            _enter(process)
            made.append(socket.socket(family, socket.SOCK_STREAM))
        except OSError as error:
            made.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _enter(process: int) -> None:
    descriptor = os.open(Path(f"/proc/{process}/ns/net"), os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _LIBC.setns(descriptor, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)
