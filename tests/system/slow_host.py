"""A host that takes mail, but takes its time, and counts who is there meanwhile."""

import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True)
class Delivery:
    """A message this host took: to whom, and how many others were being sent at its end."""

    recipients: tuple[str, ...]
    at_once: int


@dataclass
class SlowHost:
    """Serves ``listener`` while it is entered; each message takes ``seconds``."""

    listener: socket.socket
    seconds: float
    deliveries: list[Delivery] = field(default_factory=list)
    _connections: list[socket.socket] = field(default_factory=list)
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> "SlowHost":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        # Wakes who accepts or reads, too; closing alone does not. And no client keeps a
        # connection for the mail of the next story, which this host would count.
        for sock in (self.listener, *self._connections):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def got(self, address: str) -> bool:
        """Whether mail for an address came."""
        return any(address in delivery.recipients for delivery in self.deliveries)

    def place_of(self, address: str) -> int:
        """How many deliveries came before that to an address."""
        return next(i for i, each in enumerate(self.deliveries) if address in each.recipients)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 slow.example ESMTP\r\n")
            recipients: list[str] = []
            for line in lines:
                match line[:4].upper():
                    case b"RCPT":
                        recipients.append(line.decode().split("<")[1].split(">")[0])
                    case b"DATA":
                        connection.sendall(b"354 go on\r\n")
                        self._take(lines, tuple(recipients))
                        recipients = []
                    case b"QUIT":
                        connection.sendall(b"221 bye\r\n")
                        return
                connection.sendall(b"250 fine\r\n")

    def _take(self, lines: Iterable[bytes], recipients: tuple[str, ...]) -> None:
        with self._lock:
            self._busy += 1
        for line in lines:
            if line == b".\r\n":
                break
        time.sleep(self.seconds)
        with self._lock:
            self.deliveries.append(Delivery(recipients, self._busy))
            self._busy -= 1
