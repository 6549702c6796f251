"""Hand records to journald without ever waiting for it (systemd-journald(8), native protocol).

What is said in one turn of the event loop leaves at the end of it: behind what clients are told,
which leaves at once, and before what other components are told of it later in that turn, so that
the log has what they say of it behind this. journald reads ten records at a time and everybody's;
when it is slow, or stopped, records wait here and mail goes on. What does not fit is dropped, and
counted in the next record.

(journald takes one record per datagram. Its protocol knows an empty line between two, but what
stands behind it is ignored: tried with systemd 257.)
"""

import asyncio
import atexit
import select
import socket
from collections import deque
from contextlib import suppress

PATH = "/run/systemd/journal/socket"
# Some megabytes: a minute of a busy service.
MAX_WAITING = 20_000
# How long the last records are worth when a service leaves.
LAST_SECONDS = 2.0


class JournalSocket:
    """``send`` takes one complete record: lines ``NAME=value``."""

    def __init__(self, path: str = PATH) -> None:
        self._path = path
        self._waiting: deque[bytes] = deque()
        self._planned = False
        self._watching: asyncio.AbstractEventLoop | None = None
        self._lost = 0
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._sock.setblocking(False)
        self._connect()
        atexit.register(self._drain)

    def send(self, record: bytes) -> None:
        """At the end of this turn if journald takes it, else later; never raises or blocks."""
        if len(self._waiting) >= MAX_WAITING:
            self._lost += 1
            return
        self._waiting.append(record)
        if not self._planned:
            self._plan()

    def _plan(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._drain()
        else:
            self._planned = True
            loop.call_soon(self._flush)

    def _connect(self) -> None:
        with suppress(OSError):
            self._sock.connect(self._path)

    def _flush(self) -> None:
        waiting = self._waiting
        while waiting:
            if self._lost:
                self._tell_lost()
            if not self._sent(waiting[0]):
                self._watch(asyncio.get_running_loop())
                return
            waiting.popleft()
        self._planned = False
        self._watch(None)

    def _sent(self, record: bytes) -> bool:
        """False if journald is not ready; what it will never take counts as sent."""
        try:
            self._sock.send(record)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._lost += 1
            self._connect()
        return True

    def _tell_lost(self) -> None:
        lost, self._lost = self._lost, 0
        if not self._sent(b"MESSAGE=warning: %d log records were lost\nPRIORITY=4\n" % lost):
            self._lost = lost

    def _watch(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Have ``_flush`` called when journald is ready again, by ``loop``, or no more."""
        if loop is self._watching:
            return
        if self._watching is not None:
            self._watching.remove_writer(self._sock.fileno())
        elif loop is not None:
            loop.add_writer(self._sock.fileno(), self._flush)
        self._watching = loop

    def _drain(self) -> None:
        """Without an event loop: wait a little for each."""
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        while self._waiting and poll.poll(LAST_SECONDS * 1000) and self._sent(self._waiting[0]):
            self._waiting.popleft()
