"""Hand records to journald without ever waiting for it (systemd-journald(8), native protocol).

journald reads ten records at a time and everybody's; when it is slow, or stopped, records
wait here and mail goes on. What does not fit is dropped, and counted in the next record.
"""

import asyncio
import atexit
import select
import socket
from collections import deque

PATH = "/run/systemd/journal/socket"
# Some megabytes: a minute of a busy service.
MAX_WAITING = 20_000
# How long the last records are worth when a service leaves.
LAST_SECONDS = 2.0


class JournalSocket:
    """``send`` takes one complete datagram."""

    def __init__(self, path: str = PATH) -> None:
        self._path = path
        self._waiting: deque[bytes] = deque()
        self._watching: asyncio.AbstractEventLoop | None = None
        self._lost = 0
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._sock.setblocking(False)
        self._connect()
        atexit.register(self._drain)

    def send(self, record: bytes) -> None:
        """Now if journald takes it, else later; never raises, never blocks."""
        if self._waiting or not self._sent(record):
            self._keep(record)

    def _connect(self) -> None:
        try:
            self._sock.connect(self._path)
        except OSError:
            self._lost += 1

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

    def _keep(self, record: bytes) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self._lost += 1
            return
        self._waiting.append(record)
        if self._watching is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                self._drain()
            else:
                self._watching = loop
                loop.add_writer(self._sock.fileno(), self._flush)

    def _flush(self) -> None:
        while self._waiting:
            if not self._sent(self._waiting[0]):
                return
            self._waiting.popleft()
        if self._watching is not None:
            self._watching.remove_writer(self._sock.fileno())
            self._watching = None
        if self._lost:
            lost, self._lost = self._lost, 0
            self.send(b"MESSAGE=warning: %d log records were lost\nPRIORITY=4\n" % lost)

    def _drain(self) -> None:
        """Without an event loop: wait a little for each."""
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        while self._waiting and poll.poll(LAST_SECONDS * 1000):
            if not self._sent(self._waiting[0]):
                return
            self._waiting.popleft()
