"""The one process that may change its uid: it makes workers and does nothing else."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import msgspec

from postroom.delivery.impersonation import capabilities, packets
from postroom.delivery.impersonation.identity import Identity, become, open_root

_decode = msgspec.msgpack.Decoder(Identity).decode

# What a worker does with its end of the line; returns when it is no longer needed.
Work = Callable[[socket.socket], None]


class Nursery:
    """Started by ``start``, before threads or an event loop exist; ends when its owner does."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    @classmethod
    def start(cls, work: Work) -> "Nursery":
        """Fork the nursery; this process loses all its capabilities."""
        ours, its = packets.pair()
        if os.fork() == 0:
            ours.close()
            _tend(its, work)
        its.close()
        capabilities.drop_all()
        return cls(ours)

    def worker(self, identity: Identity) -> socket.socket:
        """The line to a new worker with this identity; raises OSError when none can be made."""
        root = open_root(identity)
        ours, its = packets.pair()
        passed = (its.fileno(),) if root is None else (its.fileno(), root)
        try:
            packets.send(self._sock, msgspec.msgpack.encode(identity), *passed)
        except OSError:
            ours.close()
            raise
        finally:
            its.close()
            if root is not None:
                os.close(root)
        ours.setblocking(False)
        return ours

    def when_gone(self, act: Callable[[], None]) -> None:
        """Have ``act`` called if the nursery is killed: without it nothing can be delivered.

        There is no other: who would make one has no right to. But systemd starts us anew.
        """
        loop = asyncio.get_running_loop()

        def gone() -> None:
            loop.remove_reader(self._sock.fileno())
            act()

        # It never says anything; what can be read is the end of the line.
        loop.add_reader(self._sock.fileno(), gone)


def _tend(sock: socket.socket, work: Work) -> NoReturn:
    """Make a worker for each request until the line ends."""
    status = 1
    try:
        _close_inherited(keep=sock.fileno())
        # Workers are collected by the kernel; our owner notices the end of the line.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            packet, descriptors = packets.receive(sock)
            if not packet:
                break
            # Where there is room for no process, the line to it ends, and the mail waits.
            with suppress(OSError):
                _spawn(_decode(packet), descriptors, sock, work)
            for descriptor in descriptors:
                os.close(descriptor)
        status = 0
    finally:
        os._exit(status)


def _spawn(identity: Identity, descriptors: list[int], sock: socket.socket, work: Work) -> None:
    """``descriptors`` are the worker's line and, if it has one of its own, its root."""
    if os.fork() != 0:
        return
    status = 1
    try:
        sock.close()
        line, *root = descriptors
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        become(identity, *root)
        capabilities.drop_all()
        capabilities.hide_memory()
        work(socket.socket(fileno=line))
        status = 0
    finally:
        os._exit(status)


def _close_inherited(keep: int) -> None:
    """Listening sockets and the like are the owner's; no worker shall have them."""
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
