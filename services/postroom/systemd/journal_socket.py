"""Hand records to journald without ever waiting for it (systemd-journald(8), native protocol).

A call costs journald and us more than a record does, so the records of one turn of the event
loop travel in one datagram. journald reads ten datagrams at a time and everybody's; when it is
slow, or stopped, records wait here and mail goes on. What does not fit is dropped, and counted
in the next record.
"""

import asyncio
import atexit
import select
import socket
from collections import deque

PATH = "/run/systemd/journal/socket"
# An empty line parts the records of one datagram.
_SEPARATOR = b"\n"
# Bytes, of which one long record may need more; the kernel takes three times as much.
MAX_DATAGRAM = 65_536
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
        try:
            self._sock.connect(self._path)
        except OSError:
            self._lost += 1

    def _flush(self) -> None:
        while self._send_next():
            if not self._waiting:
                self._planned = False
                self._watch(None)
                return
        self._watch(asyncio.get_running_loop())

    def _send_next(self) -> bool:
        """Send as many records as go together; False if journald is not ready.

        What it will never take counts as sent.
        """
        batch = self._next_batch()
        notice = (_lost_notice(self._lost),) if self._lost else ()
        try:
            self._sock.send(_SEPARATOR.join((*notice, *batch)))
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._lost += len(batch)
            self._connect()
        else:
            self._lost = 0
        for _ in batch:
            self._waiting.popleft()
        return True

    def _next_batch(self) -> list[bytes]:
        batch: list[bytes] = []
        size = 0
        for record in self._waiting:
            size += len(record)
            if batch and size > MAX_DATAGRAM:
                break
            batch.append(record)
        return batch

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
        while self._waiting and poll.poll(LAST_SECONDS * 1000) and self._send_next():
            pass


def _lost_notice(count: int) -> bytes:
    return b"MESSAGE=warning: %d log records were lost\nPRIORITY=4\n" % count
