"""A server of one's own for a test: says what it is told to, to whoever connects."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[bytes], bytes]


@contextmanager
def speaking(answer: Answer, *, hang_up: bool = False) -> Iterator[int]:
    """A port on loopback where ``answer`` turns each question into what is sent back.

    ``hang_up``: after each answer the connection is closed.
    """
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer, hang_up, connections))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            for end in (listener, *connections):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(
    listener: socket.socket, answer: Answer, hang_up: bool, connections: list[socket.socket]
) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        connections.append(connection)
        with connection:
            while question := connection.recv(65536):
                connection.sendall(answer(question))
                if hang_up:
                    break
