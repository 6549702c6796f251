"""A kept connection to a lookup server of one's own: what tcp: and socketmap: tables share."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from postroom.tables.table import TableError

T = TypeVar("T")
# Seconds for the connection, and for each piece of an answer: Postfix's 100 are more than a
# service has for leaving.
TIMEOUT = 20.0
# Seconds after which servers may have forgotten a connection that nobody uses.
IDLE = 10.0
# Attempts at one question: a server may hang up on a connection that was unused for long.
ATTEMPTS = 2


class Garbled(Exception):
    """What the server sent is no answer; the connection is of no more use."""


class Conversation:
    """One connection to ``endpoint``, which is made when needed and used by one at a time.

    ``endpoint`` is ``inet:host:port`` or ``unix:/path``. Raises TableError for another form.
    """

    def __init__(self, name: str, endpoint: str) -> None:
        self._socket: socket.socket | None = None
        self._name = name
        self._family, _, self._place = endpoint.partition(":")
        host, colon, port = self._place.rpartition(":")
        if self._family == "inet" and colon and host and port:
            self._address: tuple[str, str] = (host.strip("[]"), port)
        elif self._family != "unix" or not self._place.startswith("/"):
            raise TableError(f"{name}: expected inet:host:port or unix:/path before the name")
        self._used = 0.0
        self._lock = threading.Lock()

    def ask(self, exchange: Callable[[socket.socket], T]) -> T:
        """The result of ``exchange``, which raises OSError or Garbled where the server fails."""
        with self._lock:
            if time.monotonic() - self._used > IDLE:
                self.close()
            for _ in range(ATTEMPTS - 1):
                with suppress(OSError, Garbled):
                    return self._once(exchange)
            try:
                return self._once(exchange)
            except Garbled as error:
                raise TableError(f"{self._name}: {error}") from None
            except OSError as error:
                reason = error.strerror or str(error)
                raise TableError(f"{self._name}: {self._place}: {reason}") from None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __del__(self) -> None:
        self.close()  # a table is dropped, never closed

    def _once(self, exchange: Callable[[socket.socket], T]) -> T:
        try:
            if self._socket is None:
                self._socket = self._connect()
            result = exchange(self._socket)
        except BaseException:
            self.close()
            raise
        self._used = time.monotonic()
        return result

    def _connect(self) -> socket.socket:
        if self._family == "inet":
            return socket.create_connection(self._address, TIMEOUT)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT)
        try:
            connection.connect(self._place)
        except OSError:
            connection.close()
            raise
        return connection
